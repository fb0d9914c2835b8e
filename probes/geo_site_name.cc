#include "probes/geo_site_name.h"

#include <fmt/format.h>

#include "probes/address.h"
#include "probes/shown.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

std::string_view without_slash(std::string_view name) {
    if (name.ends_with('/')) name.remove_suffix(1);
    return name;
}

}  // namespace

std::string configured_site_name(const GitlabYml& yml) {
    return text_of(member(member(yml.production, "geo"), "node_name"));
}

std::string external_url(const GitlabYml& yml) {
    const auto gitlab = member(yml.production, "gitlab");
    const auto host = text_of(member(gitlab, "host"));
    if (host.empty()) return {};
    const bool https = truth_of(member(gitlab, "https")).value_or(false);
    const auto usual = https ? 443U : 80U;
    const auto port = number_of(member(gitlab, "port")).value_or(usual);
    return fmt::format("{}://{}{}{}", https ? "https" : "http", host,
                       port == usual ? "" : fmt::format(":{}", port),
                       without_slash(text_of(member(gitlab, "relative_url_root"))));
}

std::string own_site_name(const GitlabYml& yml) {
    auto name = configured_site_name(yml);
    return name.empty() ? external_url(yml) : name;
}

bool is_same_site(std::string_view one, std::string_view other) {
    return !one.empty() && without_slash(one) == without_slash(other);
}

std::string shown_site_name(std::string_view name) {
    if (name.find("://") != std::string_view::npos) return shown(without_user(name));
    return name.find_first_of("@=?") == std::string_view::npos ? shown(name) : std::string();
}

}  // namespace preflight::probes
