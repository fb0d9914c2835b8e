// Crew: the nodes of a fleet as an upgrade works on them: by site, each with its place in the order.
//
// Only nodes that tell enough to be worked on; what the others lack is said. Views into the fleet: they live
// no longer than it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "readiness/installed.h"
#include "readiness/plan/packages.h"

namespace preflight::readiness {

// What a node counts for. A node of several roles has the last place of its roles: what must come before it
// is done by then. Monitoring, registry and the like run beside others nearly everywhere, and count where
// they are alone.
enum class Place : std::uint8_t {
    consul,
    gitaly,
    praefect,
    postgresql,
    pgbouncer,
    redis,
    rails,
    sidekiq,
    other,
    monitoring
};
// "Gitaly", "Rails", …
std::string_view place_name(Place place);

struct PlanNode {
    const FleetNode* node = nullptr;
    std::string name;
    Place place = Place::other;
    Installed installed;  // the first of the node, with its version
    PackageWay way;
    int kind = 0;           // nodes of one kind type the same words
    bool database = false;  // runs the package's PostgreSQL
    bool patroni = false;
    bool leads = false;              // of a Patroni cluster, as all that tell of it agree
    std::string database_host;       // of one that leads: where its cluster reaches it, on the usual port
    bool redis_master = false;       // as all that tell of it agree
    bool application = false;        // Rails or Sidekiq
    bool consul = false;             // may run a server of Consul, not but a client
    bool skips_reconfigure = false;  // /etc/gitlab/skip-auto-reconfigure is there

    v1::Installation::Method method() const { return installed.what->method(); }
};

using PlanNodes = std::vector<const PlanNode*>;

struct PlanSite {
    std::string key;   // "primary", "secondary-1": in the ids of steps
    std::string name;  // as Geo has it; empty without Geo
    bool secondary = false;
    std::vector<PlanNode> nodes;  // in order of the fleet
    bool whole = true;            // no node has been left out that may be of it

    bool single() const { return whole && nodes.size() == 1; }
    // In order of the fleet, but masters of Redis last, and of nodes that have Patroni beside PgBouncer the
    // leader.
    PlanNodes at(Place place) const;
    bool has(v1::NodeRoles::Role role) const;
};

struct Crew {
    std::vector<PlanSite> sites;  // the primary, or the only one, first; then secondaries in order of name
    bool geo = false;
    std::vector<std::string> open;  // which nodes are not in it, and why

    bool single() const;       // no site has more than one node
    bool has_primary() const;  // exactly one site is the first to be upgraded
};

// `expected`: names of nodes that must report.
Crew crew_of(const Fleet& fleet, const std::vector<std::string>& expected = {});

// Is any node of another edition than this, or of none that was seen? Not where none is wanted.
bool changes_edition(const Fleet& fleet, v1::Edition wanted);

template <typename Keep>
PlanNodes chosen(const PlanSite& site, const Keep& keep) {
    PlanNodes found;
    for (const auto& node : site.nodes) {
        if (keep(node)) found.push_back(&node);
    }
    return found;
}

}  // namespace preflight::readiness
