// EndpointsOfServers: what this node itself serves (Gitaly, Praefect, PostgreSQL, PgBouncer, Redis), and what
// services beside Rails are told to use.
#pragma once

#include "probes/endpoints_view.h"

namespace preflight::probes {

void look_at_clients(const EndpointsView& view);      // Workhorse, the agent server, the registry
void look_at_git_servers(const EndpointsView& view);  // Gitaly and Praefect
void look_at_databases(const EndpointsView& view);    // PostgreSQL, Patroni, PgBouncer
void look_at_redis(const EndpointsView& view);        // Redis and Sentinel

}  // namespace preflight::probes
