// TableFacts: what single known issues hang on in GitLab's tables: whether a column or an index is there,
// whether any row is so.
//
// One question with a limit for each, and none to a table that is too large to be read whole:
// TableFact.unseen says so.
#pragma once

#include <string_view>

#include "probes/node/postgres.h"
#include "probes/probe.h"

namespace preflight::probes {

// `database` as database.yml names it: main is asked for all of them, the others for what stands in each.
// What this version's tables cannot tell is not said.
void look_at_table_facts(Postgres& server, std::string_view database, Findings& out);

}  // namespace preflight::probes
