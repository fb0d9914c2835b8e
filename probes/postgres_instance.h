// PostgresInstance: what a PostgreSQL server says of itself that matters to an upgrade.
#pragma once

#include "preflight/v1/server.pb.h"
#include "probes/node/postgres.h"

namespace preflight::probes {

// Fills the message by a handful of questions. A part that this login may not see, or that was not answered
// in time, is named in `denied`; so is all that comes after a connection that broke. A Problem when not even
// the version was said.
Result<v1::PostgresInstance> ask_instance(Postgres& server);

}  // namespace preflight::probes
