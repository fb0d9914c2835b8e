// EndpointsOfServers: what this node itself serves (Gitaly, Praefect, PostgreSQL, PgBouncer, Redis), and what
// services beside Rails are told to use.
#pragma once

#include <string_view>

#include "probes/endpoints_view.h"

namespace preflight::probes {

// Where the configuration of this node's Gitaly and Praefect lies, if it runs one.
std::string_view gitaly_config_path(const EndpointsView& view);
std::string_view praefect_config_path(const EndpointsView& view);

void look_at_clients(const EndpointsView& view);      // Workhorse, the agent server, the registry
void look_at_git_servers(const EndpointsView& view);  // Gitaly and Praefect
void look_at_databases(const EndpointsView& view);    // PostgreSQL, Patroni, PgBouncer
void look_at_redis(const EndpointsView& view);        // Redis and Sentinel

}  // namespace preflight::probes
