// GeoSites: the sites of a Geo installation as GitLab's database has them, each with its last status.
//
// The primary writes them; the copy that a secondary's node asks has the same.
#pragma once

#include <string_view>

#include "probes/node/postgres.h"
#include "probes/probe.h"

namespace preflight::probes {

// `database` as database.yml names it. Without Geo the table is not there, or empty: neither finding nor gap.
// A status that cannot be read leaves its site, which names it as denied.
void look_at_geo_sites(const Node& node, Postgres& server, std::string_view database, Findings& out);

}  // namespace preflight::probes
