#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "probes/os_release.h"
#include "probes/plain_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto& release : {parse_os_release(text, "f"), parse_redhat_release(text, "f")}) {
        if (!release) continue;
        if (release->id.empty()) std::abort();
        if (!is_plain_text(release->id + release->version_id + release->pretty_name)) std::abort();
    }
    return 0;
}
