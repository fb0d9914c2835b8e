// PostgresDiscovery: the replicas of a database that its name server tells.
#pragma once

#include <chrono>
#include <vector>

#include "probes/postgres_uses.h"
#include "probes/probe.h"

namespace preflight::probes {

// With the same login as the database's own server. A gap where the name server tells none.
std::vector<PostgresUse> discover_replicas(const Node& node, const PostgresUse& use,
                                           std::chrono::steady_clock::time_point until, Findings& out);

}  // namespace preflight::probes
