// Tiers: the architecture folded for reading: nodes of one site that have the same roles are one tier. Pure
// functions; linear in nodes and edges.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "preflight/v1/architecture.pb.h"

namespace preflight::readiness::render {

// What the nodes of a tier use in another, or in their own, all addresses together.
struct TierUse {
    std::set<std::string> purposes;   // visible
    std::set<std::string> addresses;  // visible
};

struct Tier {
    std::string site;                // visible; empty: not told, or no Geo
    std::vector<std::string> roles;  // visible
    std::vector<std::string> nodes;  // names as the report has them
    bool reports = false;
    bool external = false;
    std::map<std::pair<std::size_t, std::string>, TierUse> uses;  // by number of the tier, and visible kind
};

// In the order in which the report has their first nodes. A node that only an edge knows is a tier of its
// own.
std::vector<Tier> tiers_of(const v1::Architecture& architecture);

std::string architecture_summary(const v1::Architecture& architecture);  // "11 nodes, 16 connections"
// "Rails, Sidekiq"; says so where no role is known.
std::string role_words(const Tier& tier);
// "external", "nobody reports from there"; empty for nodes that report.
std::string standing_words(const Tier& tier);
// "PostgreSQL for ci, main at pgbouncer-1:6432"; lists are joined within `width` columns each.
std::string use_words(const std::string& kind, const TierUse& use, int width);
bool has_sites(const std::vector<Tier>& tiers);
std::string site_words(const std::string& site);  // "Site tokyo"

}  // namespace preflight::readiness::render
