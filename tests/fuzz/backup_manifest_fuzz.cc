#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "probes/backup_manifest.h"
#include "probes/plain_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    using preflight::probes::is_plain_text;
    for (const auto& manifest : {preflight::probes::parse_backup_manifest(text, "manifest"),
                                 preflight::probes::parse_cli_backup_manifest(text, "manifest")}) {
        if (!manifest) continue;
        if (manifest->version.version.empty()) std::abort();
        if (!is_plain_text(manifest->version.version + manifest->backup_id + manifest->installation_type))
            std::abort();
        for (const auto& part : manifest->skipped) {
            if (!is_plain_text(part)) std::abort();
        }
    }
    (void)preflight::probes::parse_manifest_time(text);
    return 0;
}
