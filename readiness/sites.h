// Sites: Geo's sites as the databases tell them, and which node is of which.
//
// Views into the fleet: they live no longer than it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "readiness/fleet.h"

namespace preflight::readiness {

struct Site {
    const FleetNode* node;  // that tells it
    const v1::Finding* finding;
    const v1::GeoSite& what() const { return finding->geo_site(); }
};

// In order of id. Several nodes ask the same database, and a secondary's copy may be behind: the newest
// status counts.
std::vector<Site> sites_of(const Fleet& fleet);

// "primary https://gitlab.example.test, GitLab 19.2.4, status of 2026-08-21T11:59:00Z, database lag 2 s"
std::string site_text(const Site& site);

// The site that the node is of by its own files: its name, else "primary" or "secondary"; empty: it says
// none.
std::string site_of(const FleetNode& node);
bool is_of_secondary(const FleetNode& node);

// Of addresses of sites that are to be compared: GitLab writes some with a slash at the end.
std::string_view without_slash(std::string_view url);

}  // namespace preflight::readiness
