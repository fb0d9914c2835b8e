// PraefectState: what Praefect's own database says of its virtual storages: repositories that no replica can
// serve, replicas that lag behind, jobs that wait, and which Praefects are at work.
//
// By tables and views of Gitaly's internal/praefect/datastore/migrations (16.8 to 18.10): what Praefect
// decides by itself is taken from its views, never decided anew here.
#pragma once

#include "probes/node/postgres.h"
#include "probes/probe.h"

namespace preflight::probes {

// One finding for each virtual storage. A part that is not there, that this login may not read or that was
// not answered in time is a gap of that cause, and named in each finding's `denied`. One gap alone when the
// database holds no repositories of Praefect's at all.
void look_at_praefect_state(Postgres& server, Findings& out);

}  // namespace preflight::probes
