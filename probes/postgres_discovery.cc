#include "probes/postgres_discovery.h"

#include <algorithm>
#include <string>

#include "probes/node/name_server.h"
#include "probes/node/names.h"

namespace preflight::probes {
namespace {

using Clock = std::chrono::steady_clock;

// Of a name with several addresses the first that says anything is believed.
Result<NamedServers> ask(const Node& node, const ReplicaDiscovery& discovery, Clock::time_point until) {
    Result<NamedServers> told =
        Problem{v1::Gap::TIMED_OUT, discovery.record, "the name server was not asked in time"};
    if (Clock::now() >= until) return told;
    const auto addresses = addresses_of(discovery.nameserver);
    if (!addresses) return addresses.error();
    const NameQuestion question{discovery.record, discovery.services};
    for (const auto& address : *addresses) {
        const auto limit = std::min(until, Clock::now() + std::chrono::seconds(2));
        told = ask_name_server(node, address, discovery.port, question, limit);
        if (told || told.error().cause == v1::Gap::ABSENT) break;
    }
    return told;
}

}  // namespace

std::vector<PostgresUse> discover_replicas(const Node& node, const PostgresUse& use, Clock::time_point until,
                                           Findings& out) {
    const auto affects = "the replicas of " + use.uses.front() + " that a name server tells";
    const auto told = ask(node, use.discovery, until);
    std::vector<PostgresUse> replicas;
    if (!told) {
        out.gap(told.error(), affects);
        return replicas;
    }
    if (told->untold > 0) {
        out.gap({v1::Gap::DROPPED, use.discovery.record,
                 std::to_string(told->untold) +
                     " more are named, past those that are asked or without an address that was told"},
                affects);
    }
    replicas.reserve(told->servers.size());
    for (const auto& server : told->servers) {
        const auto port = server.port == 0 ? use.target.port : server.port;
        replicas.push_back(use.elsewhere(server.address, port, use.uses.front() + " replica"));
    }
    return replicas;
}

}  // namespace preflight::probes
