// SecretProof: the sampled proof that the db_key_base which this node keeps opens rows of its own database.
#pragma once

#include <string_view>

#include "probes/node/postgres.h"
#include "probes/probe.h"

namespace preflight::probes {

// Tries db_key_base on at most five rows of each column that it is known to encrypt; one finding for each
// column that is there. What was encrypted is wiped and goes nowhere. `database` as database.yml names it.
//
// Rows in a form that is not known count as none. Silent where there is no file of secrets, which the probe
// of secrets tells.
void look_at_secret_proof(const Node& node, Postgres& server, std::string_view database, Findings& out);

}  // namespace preflight::probes
