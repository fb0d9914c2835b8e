// SearchStores: the search and analytics servers that GitLab's database says are in use, by names and ports
// alone.
#pragma once

#include "preflight/v1/server.pb.h"
#include "probes/node/postgres.h"
#include "probes/probe.h"

namespace preflight::probes {

// A finding for each server in use (Elasticsearch or OpenSearch, Zoekt). What was read whole is named in the
// settings; what was not is a gap. ClickHouse's address is in a file of the node (the probe
// external_services): of it only the switch is read, as one more setting.
void look_at_search_stores(Postgres& server, v1::InstanceSettings& settings, Findings& out);

}  // namespace preflight::probes
