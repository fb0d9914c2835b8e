// Edition steps: how Community Edition becomes Enterprise Edition, of the version that runs then.
//
// Behind the last hop: until then every node keeps the edition that the way back of each hop leads to.
#pragma once

#include "readiness/plan/undertaking.h"

namespace preflight::readiness {

// `version`: the one that runs then. Site by site, with GitLab down where there are several nodes; a check
// and the backups of the new edition are the end of it.
void write_edition_change(Writer& writer, const Undertaking& work, const Version& version);

}  // namespace preflight::readiness
