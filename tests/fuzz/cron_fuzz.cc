#include <cstddef>
#include <cstdint>

#include "probes/cron.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)preflight::probes::parse_crontab(text, preflight::probes::CrontabForm::system);
    (void)preflight::probes::parse_crontab(text, preflight::probes::CrontabForm::user);
    (void)preflight::probes::parse_systemd_timer(text);
    (void)preflight::probes::backups_made_by_service(text);
    return 0;
}
