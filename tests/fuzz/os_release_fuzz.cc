#include <cstddef>
#include <cstdint>
#include <string_view>

#include "probes/os_release.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)parse_os_release(text, "f");
    (void)parse_redhat_release(text, "f");
    return 0;
}
