// System steps: how nodes come to another operating system before a hop, and what that asks of PostgreSQL.
#pragma once

#include "readiness/plan/undertaking.h"

namespace preflight::readiness {

// Those that packages for the old system do not let through. With the GitLab that runs, and after its backup.
void write_system_moves(Writer& writer, const Undertaking& work, std::size_t leg);

// From this hop on the nodes that move before it type the words of their new system; none where the systems
// to choose from differ in them. `wanted`: as moves_of() has it.
void follow_moves(Crew& crew, const std::vector<v1::Hop>& hops, std::size_t hop, v1::Edition wanted,
                  const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
