// The package managers' files, and the small texts of the host.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "probes/addresses.h"
#include "probes/c_library.h"
#include "probes/edition_changes.h"
#include "probes/host.h"
#include "probes/package_hold.h"
#include "probes/plain_text.h"
#include "probes/rotated_logs.h"
#include "probes/shown.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)pins_gitlab(text);
    (void)locks_gitlab(text);
    (void)zypper_locks_gitlab(text);
    (void)excludes_gitlab(text);
    (void)upstream_version(text);
    (void)version_in_file_name(text);
    (void)version_in_library(text);
    (void)entries_of(text, "web1");
    (void)memory_in(text, "MemTotal");
    (void)processors_in(text);
    (void)is_foreign_reachable(text);
    (void)files_of_log({{"dpkg.log" + std::string(text), FileType::regular}}, "dpkg.log");
    for (const auto log : {PackageLog::dpkg, PackageLog::yum, PackageLog::dnf, PackageLog::zypper}) {
        const auto install = parse_install(log, text);
        if (install && !is_plain_text(install->day + install->package)) std::abort();
    }
    if (!is_plain_line(shown(text)) && !text.empty()) std::abort();
    if (shown(text, 32).size() > 64) std::abort();
    (void)first_line_shown(text);
    return 0;
}
