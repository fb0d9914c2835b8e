#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "probes/mounts.h"
#include "probes/plain_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto& mounts : {parse_mountinfo(text, "f"), parse_mounts(text, "f")}) {
        if (!mounts) continue;
        (void)mounts->of("/var/opt/gitlab/git-data");
        for (const auto& mount : mounts->mounts) {
            // The point stays as it is: paths are compared with it. It is shown where it is told.
            if (!is_plain_text(mount.type + mount.device)) std::abort();
        }
    }
    return 0;
}
