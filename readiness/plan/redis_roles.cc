#include "readiness/plan/redis_roles.h"

#include <string>

#include "readiness/node_match.h"

namespace preflight::readiness {
namespace {

struct Said {
    bool master = false;
    bool replica = false;
};

// An address without a host is one of the teller itself.
bool is_of(const std::string& address, const FleetNode& node, const FleetNode& teller) {
    const auto host = split_address(address, 0).host;
    if (address.starts_with('/') || is_loopback(host)) return &node == &teller;
    return goes_by(node, host);
}

void hear_servers(const FleetNode& teller, const FleetNode& node, Said& said) {
    for (const auto& [server, finding] :
         findings_of<&v1::Finding::has_redis_server, &v1::Finding::redis_server>(teller)) {
        if (!is_of(server->address(), node, teller)) continue;
        said.master = said.master || server->role() == "master";
        said.replica = said.replica || server->role() == "slave" || server->role() == "replica";
    }
}

void hear_sentinels(const FleetNode& teller, const FleetNode& node, Said& said) {
    for (const auto& [status, finding] :
         findings_of<&v1::Finding::has_sentinel_status, &v1::Finding::sentinel_status>(teller)) {
        for (const auto& master : status->masters()) {
            said.master = said.master || is_of(master.address(), node, teller);
            for (const auto& replica : master.replicas())
                said.replica = said.replica || is_of(replica, node, teller);
        }
    }
}

}  // namespace

void find_redis_masters(PlanSite& site) {
    const auto tellers = chosen(site, [](const PlanNode& node) {
        return has_role(*node.node, v1::NodeRoles::REDIS) || has_role(*node.node, v1::NodeRoles::SENTINEL);
    });
    for (auto& node : site.nodes) {
        if (!has_role(*node.node, v1::NodeRoles::REDIS)) continue;
        Said said;
        for (const auto* teller : tellers) {
            hear_servers(*teller->node, *node.node, said);
            hear_sentinels(*teller->node, *node.node, said);
        }
        node.redis_master = said.master && !said.replica;
    }
}

}  // namespace preflight::readiness
