#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "probes/plain_text.h"
#include "probes/version_manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto& manifest :
         {parse_version_manifest_text(text, "f"), parse_version_manifest_json(text, "f")}) {
        if (manifest && !is_plain_text(manifest->package + manifest->version)) std::abort();
    }
    return 0;
}
