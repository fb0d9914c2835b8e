#include "readiness/sites.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "model/clock.h"
#include "readiness/age.h"
#include "readiness/verdict.h"

namespace preflight::readiness {

namespace {

// Of the same status the latest look counts: it shows that nothing newer had come by then.
bool is_newer(const v1::Finding& one, const v1::Finding& other) {
    return std::pair(one.geo_site().reported_at().seconds(), one.taken_at().seconds()) >
           std::pair(other.geo_site().reported_at().seconds(), other.taken_at().seconds());
}

}  // namespace

std::vector<Site> sites_of(const Fleet& fleet) {
    std::map<std::uint64_t, Site> newest;
    for (const auto& node : fleet.nodes) {
        for (const auto& [site, finding] :
             findings_of<&v1::Finding::has_geo_site, &v1::Finding::geo_site>(node)) {
            const auto [known, is_new] = newest.try_emplace(site->id(), Site{&node, finding});
            if (!is_new && is_newer(*finding, *known->second.finding)) known->second = {&node, finding};
        }
    }
    std::vector<Site> sites;
    sites.reserve(newest.size());
    for (const auto& [id, site] : newest) sites.push_back(site);
    return sites;
}

std::string site_text(const Site& site) {
    const auto& what = site.what();
    auto text = std::string(what.primary() ? "primary" : "secondary") + " " + clipped(what.url(), 120);
    if (!what.status_known()) return text + ", no status";
    text += ", GitLab " + clipped(what.version(), 40);
    if (sensible(what.reported_at())) text += ", status of " + to_iso8601(what.reported_at());
    if (what.lag_known()) text += ", database lag " + std::to_string(what.replication_lag_seconds()) + " s";
    return text;
}

std::string site_of(const FleetNode& node) {
    for (const auto& [role, finding] :
         findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node)) {
        const bool primary = role->role() == v1::GeoRole::PRIMARY;
        if (!primary && role->role() != v1::GeoRole::SECONDARY) continue;
        if (!role->site_name().empty()) return clipped(role->site_name(), 120);
        return primary ? "primary" : "secondary";
    }
    return {};
}

std::string_view without_slash(std::string_view url) {
    return url.ends_with('/') ? url.substr(0, url.size() - 1) : url;
}

bool is_of_secondary(const FleetNode& node) {
    const auto roles = findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node);
    return std::ranges::any_of(
        roles, [](const auto& entry) { return entry.first->role() == v1::GeoRole::SECONDARY; });
}

}  // namespace preflight::readiness
