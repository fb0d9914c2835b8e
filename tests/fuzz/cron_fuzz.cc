#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "probes/cron.h"
#include "probes/plain_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto form : {preflight::probes::CrontabForm::system, preflight::probes::CrontabForm::user}) {
        for (const auto& backup : preflight::probes::parse_crontab(text, form)) {
            if (!preflight::probes::is_plain_line(backup.when)) std::abort();
        }
    }
    for (const auto& when : preflight::probes::parse_systemd_timer(text).when) {
        if (!preflight::probes::is_plain_line(when)) std::abort();
    }
    (void)preflight::probes::backups_made_by_service(text);
    return 0;
}
