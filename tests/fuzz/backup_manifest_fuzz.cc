#include <cstddef>
#include <cstdint>

#include "probes/backup_manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)preflight::probes::parse_backup_manifest(text, "manifest");
    (void)preflight::probes::parse_cli_backup_manifest(text, "manifest");
    (void)preflight::probes::parse_manifest_time(text);
    return 0;
}
