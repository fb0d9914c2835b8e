#include <cstddef>
#include <cstdint>
#include <string_view>

#include "probes/version_manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)parse_version_manifest_text(text, "f");
    (void)parse_version_manifest_json(text, "f");
    return 0;
}
