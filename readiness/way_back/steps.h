// Return steps: what is done, in order and on which node, to come back over one hop: the package of before,
// its configuration, then the backup.
#pragma once

#include "readiness/plan/crew.h"
#include "readiness/plan/databases.h"
#include "readiness/way_back/needs.h"

namespace preflight::readiness {

struct Going {
    const Leg& leg;
    bool first = true;  // the backups that are there now are of the version that it leads back to
    const DatabaseUpgrade* database = nullptr;  // that the package makes by itself with this hop
};

// Of the nodes of the crew; secondary sites of Geo stop before the primary goes back, and come back after it,
// whose copies they are.
std::vector<v1::PlanStep> return_steps(const Going& going, const Crew& crew, const Return& back);

}  // namespace preflight::readiness
