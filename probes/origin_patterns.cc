#include "probes/origin_patterns.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "probes/config_text.h"
#include "probes/dpkg_status.h"

namespace preflight::probes {
namespace {

constexpr std::string_view own_host = "packages.gitlab.com";

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, text) != words.end();
}

// What a field of a pattern says of the repository; a suite or a component tells it from no other.
enum class Says { nothing, no, perhaps, yes };

Says of_site(const std::string& value, const std::vector<std::string>& hosts) {
    const auto fits = [&](const std::string& host) { return fnmatch(value.c_str(), host.c_str(), 0) == 0; };
    return std::ranges::any_of(hosts, fits) ? Says::yes : Says::no;
}

// The origin and label of distributions are theirs alone.
Says of_name(std::string_view value, const std::vector<std::string>& hosts) {
    constexpr std::array<std::string_view, 5> distributions{"debian", "ubuntu", "${distro_id}", "raspbian",
                                                            "canonical"};
    const auto is_of = [&](auto distribution) { return value.starts_with(distribution); };
    if (std::ranges::any_of(distributions, is_of)) return Says::no;
    const bool mirrored = std::ranges::any_of(hosts, [](const auto& host) { return host != own_host; });
    // GitLab's own server has its product's name in both.
    const bool wild = value.find_first_of("*?[") != std::string_view::npos;
    return mirrored || wild ? Says::perhaps : Says::no;
}

Says said_by(std::string_view key, std::string_view value, const std::vector<std::string>& hosts) {
    if (value == "*" || value.find("gitlab") != std::string_view::npos) return Says::yes;
    if (key == "site") return of_site(std::string(value), hosts);
    if (is_one_of(key, {"o", "origin", "l", "label"})) return of_name(value, hosts);
    return Says::nothing;
}

}  // namespace

Covers covers_gitlab(std::string_view pattern, const std::vector<std::string>& hosts) {
    const auto text = in_lower_case(trimmed(pattern));
    if (text.empty()) return Covers::no;
    std::vector<Says> all;
    if (text.find('=') == std::string::npos) {
        const auto end = std::min(text.find_last_of(": "), text.size());
        all.push_back(said_by("origin", trimmed(std::string_view(text).substr(0, end)), hosts));
    } else {
        for (const auto field : split(text, ",")) {
            const auto equals = std::min(field.find('='), field.size());
            const auto value = field.substr(std::min(equals + 1, field.size()));
            all.push_back(said_by(trimmed(field.substr(0, equals)), trimmed(value), hosts));
        }
    }
    const auto says = [&](Says one) { return std::ranges::find(all, one) != all.end(); };
    if (all.empty() || says(Says::no)) return Covers::no;
    return says(Says::yes) && !says(Says::perhaps) ? Covers::yes : Covers::perhaps;
}

bool blacklists_gitlab(std::string_view expression, std::string_view installed) {
    if (expression.empty()) return false;
    if (expression.starts_with('^')) expression.remove_prefix(1);
    const bool whole = expression.ends_with('$');
    if (whole) expression.remove_suffix(1);
    std::string pattern;
    for (std::size_t at = 0; at < expression.size(); ++at) {
        const char c = expression[at];
        const bool plain = (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '.';
        if (!plain) return false;
        const bool any = c == '.' && expression.substr(at + 1).starts_with('*');
        pattern += any ? '*' : c == '.' ? '?' : c;
        if (any) ++at;
    }
    if (!whole) pattern += '*';
    const auto matches = [&](std::string_view name) {
        return fnmatch(pattern.c_str(), std::string(name).c_str(), 0) == 0;
    };
    return installed.empty() ? std::ranges::all_of(gitlab_package_names, matches) : matches(installed);
}

}  // namespace preflight::probes
