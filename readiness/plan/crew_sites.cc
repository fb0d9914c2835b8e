#include "readiness/plan/crew_sites.h"

#include <optional>
#include <utility>

#include "readiness/endpoint_uses.h"
#include "readiness/node_match.h"
#include "readiness/sites.h"

namespace preflight::readiness {
namespace {

NodeSite own_site(const FleetNode& node) {
    auto name = site_of(node);
    if (name.empty()) return {};
    return {true, is_of_secondary(node), std::move(name)};
}

// Hosts that the node is told of, as it is told: those that it uses, and those that make a cluster with it.
std::vector<std::string> partners_of(const FleetNode& node) {
    std::vector<std::string> hosts;
    const auto take = [&hosts](const std::string& address) {
        hosts.push_back(split_address(address, 0).host);
    };
    for (const auto& use : endpoint_uses(node)) {
        if (use.where == EndpointUse::Where::network) hosts.push_back(use.host);
        for (const auto& sentinel : use.sentinels) take(sentinel);
    }
    for (const auto& finding : node.inspection.findings()) {
        for (const auto& member : finding.patroni_cluster().members()) take(member.address());
        for (const auto& member : finding.consul_cluster().members()) take(member.address());
        for (const auto& behind : finding.praefect_virtual_storage().nodes()) take(behind.address());
    }
    return hosts;
}

bool same(const NodeSite& one, const NodeSite& other) {
    return one.secondary == other.secondary && one.name == other.name;
}

// From nodes whose site is known to those that they use, as long as there are new ones. What two sites use is
// of neither.
void spread(const Fleet& fleet, NodeSites& sites) {
    const auto hosts = hosts_of(fleet);
    // The node that goes by this host; of several none.
    const auto partner = [&](const std::string& host) -> std::optional<std::size_t> {
        if (is_loopback(host)) return {};
        const auto& nodes = hosts->going_by(host);
        if (nodes.size() != 1) return {};
        return static_cast<std::size_t>(nodes.front() - fleet.nodes.data());
    };
    std::vector<bool> own(fleet.nodes.size());
    std::vector<bool> shared(fleet.nodes.size());
    std::vector<std::size_t> next;
    for (std::size_t at = 0; at < fleet.nodes.size(); ++at) {
        own[at] = sites.of[at].known;
        if (own[at]) next.push_back(at);
    }
    while (!next.empty()) {
        const auto from = next.back();
        next.pop_back();
        for (const auto& host : partners_of(fleet.nodes[from])) {
            const auto to = partner(host);
            if (!to || own[*to] || shared[*to]) continue;
            auto& site = sites.of[*to];
            if (!site.known) {
                site = sites.of[from];
                next.push_back(*to);
            } else if (!same(site, sites.of[from])) {
                shared[*to] = true;
            }
        }
    }
    for (std::size_t at = 0; at < fleet.nodes.size(); ++at) {
        if (shared[at]) sites.of[at] = {};
    }
}

}  // namespace

NodeSites sites_by_node(const Fleet& fleet) {
    NodeSites sites;
    for (const auto& node : fleet.nodes) {
        sites.of.push_back(own_site(node));
        sites.geo = sites.geo || sites.of.back().known;
    }
    if (sites.geo) spread(fleet, sites);
    return sites;
}

}  // namespace preflight::readiness
