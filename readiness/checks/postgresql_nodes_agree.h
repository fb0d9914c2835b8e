// postgresql.nodes_agree: Do the servers with copies of one database sort text alike, and do all Geo sites
// have one major version of PostgreSQL?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check postgresql_nodes_agree;

}  // namespace preflight::readiness
