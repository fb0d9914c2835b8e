// GitlabTables: what GitLab's own tables say: unfinished background migrations, settings, rows.
//
// By the columns that are there: they come and go between releases.
#pragma once

#include <span>
#include <string_view>

#include "probes/node/postgres.h"
#include "probes/probe.h"

namespace preflight::probes {

// `database` as database.yml names it. A table that is not there, one that this login may not read, and one
// that did not answer in time are gaps of different cause.
void look_at_background_migrations(Postgres& server, std::string_view database, Findings& out);
void look_at_instance_settings(Postgres& server, std::string_view database, Findings& out);
void look_at_table_estimates(Postgres& server, std::string_view database, Findings& out);

// All that is asked for by name: the tables whose rows are estimated, and the columns of
// application_settings. Of others nothing can be said.
std::span<const char* const> asked_tables();
std::span<const char* const> asked_columns();

}  // namespace preflight::probes
