// TrackedMigrations: jobs of background migrations of the kind before batched ones, which GitLab wrote down
// in a table of their own.
#pragma once

#include <string_view>

#include "probes/node/postgres.h"
#include "probes/probe.h"

namespace preflight::probes {

// `database` as database.yml names it. Nothing where the table is not there: before they were written down,
// and after their end.
void look_at_tracked_migrations(Postgres& server, std::string_view database, Findings& out);

}  // namespace preflight::probes
