// System steps: how nodes come to another operating system before a hop, and what that asks of PostgreSQL.
#pragma once

#include "readiness/plan/undertaking.h"

namespace preflight::readiness {

// Those that packages for the old system do not let through. With the GitLab that runs, and after its backup.
void write_system_moves(Writer& writer, const Undertaking& work, std::size_t leg);

}  // namespace preflight::readiness
