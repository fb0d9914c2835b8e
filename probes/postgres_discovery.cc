#include "probes/postgres_discovery.h"

#include <algorithm>
#include <string>

#include "probes/node/name_server.h"
#include "probes/node/names.h"

namespace preflight::probes {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t replicas_limit = 16;

// Of a name with several addresses the first that says anything is believed.
Result<std::vector<NamedServer>> ask(const Node& node, const ReplicaDiscovery& discovery,
                                     Clock::time_point until) {
    Result<std::vector<NamedServer>> told =
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
    auto servers = ask(node, use.discovery, until);
    std::vector<PostgresUse> replicas;
    if (!servers) {
        out.gap(servers.error(), affects);
        return replicas;
    }
    if (servers->size() > replicas_limit) {
        out.gap({v1::Gap::DROPPED, use.discovery.record, "more replicas than are asked"}, affects);
        servers->resize(replicas_limit);
    }
    replicas.reserve(servers->size());
    for (const auto& server : *servers) {
        const auto port = server.port == 0 ? use.target.port : server.port;
        replicas.push_back(use.elsewhere(server.address, port, use.uses.front() + " replica"));
    }
    return replicas;
}

}  // namespace preflight::probes
