#include <cstddef>
#include <cstdint>
#include <string_view>

#include "probes/runit.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)parse_runit_status(text, "f");
    (void)parse_runit_stat(text, "f");
    return 0;
}
