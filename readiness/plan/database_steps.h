// Database steps: how PostgreSQL comes to another major version in the window of a hop.
#pragma once

#include "readiness/plan/undertaking.h"

namespace preflight::readiness {

// Those that are done before the hop's package, with GitLab stopped.
void write_database_upgrades(Writer& writer, const Undertaking& work, std::size_t leg);
// After the package where it did so by itself: nobody watched.
void check_databases(Writer& writer, const Undertaking& work, std::size_t leg);

}  // namespace preflight::readiness
