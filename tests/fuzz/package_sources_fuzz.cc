#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "probes/address.h"
#include "probes/external_services.h"
#include "probes/named_certificates.h"
#include "probes/package_cache.h"
#include "probes/package_list.h"
#include "probes/package_sources.h"
#include "probes/packages.h"
#include "probes/plain_text.h"
#include "probes/running_binaries.h"
#include "probes/setting_values.h"
#include "probes/unattended_upgrades.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto parse : {parse_apt_list, parse_apt_sources, parse_repo_file}) {
        for (const auto& one : parse(text, "f").items) {
            if (!is_plain_line(one.uri()) || one.uri().find('@') != std::string::npos) std::abort();
            if (!is_plain_line(one.suite()) || !is_plain_line(one.name())) std::abort();
        }
    }
    for (const auto parse : {registry_storage_of, click_houses_of}) {
        for (const auto& one : parse(text, "f").items) {
            if (!is_plain_line(one.host()) || !is_plain_line(one.region())) std::abort();
        }
    }
    for (const auto& path : certificates_of_nginx(text)) {
        if (!is_plain_line(path)) std::abort();
    }
    for (const auto parse : {parse_dpkg_file, parse_rpm_file}) {
        const auto file = parse(text);
        if (file && (!is_plain_line(file->path) || file->path.starts_with('/'))) std::abort();
        if (file && file->digest.find_first_not_of("0123456789abcdef") != std::string::npos) std::abort();
    }
    user_in(text);
    parse_apt_configuration({std::string(text)}, {"gitlab-ee", {"apt.example"}});
    parse_dnf_automatic(text);
    parse_package_file_name(text);
    system_suffix(text);
    suite_of_list(text);
    start_ticks(text);
    boot_seconds(text);
    if (is_setting_key(text) && !is_plain_line(text)) std::abort();
    return 0;
}
