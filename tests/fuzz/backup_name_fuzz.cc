#include <cstddef>
#include <cstdint>

#include "probes/backup_name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)preflight::probes::parse_backup_name(text);
    (void)preflight::probes::parse_backup_id(text);
    (void)preflight::probes::parse_configuration_backup_name(text);
    return 0;
}
