// Component fit: whether the servers of one component are fit for every hop, by what each version of GitLab
// requires.
#pragma once

#include <vector>

#include "preflight/v1/condition.pb.h"
#include "readiness/check.h"
#include "readiness/servers.h"

namespace preflight::readiness {

// Cases: too_old (BLOCKER), upgrades_itself (NOTE: the package does it on the way), too_new (WARNING),
// below_recommended (NOTE), version_unseen, unheard, untold, no_path, no_requirement (UNKNOWN), fit (READY),
// unused (NOT_APPLICABLE).
std::vector<v1::Verdict> judge_fit(v1::ServerIs::Component component, const Fleet& fleet,
                                   const Upgrade& upgrade, const v1::Knowledge& knowledge);

// What a version of GitLab requires of a server with its uses; nullptr: nothing that is known.
const v1::Requirement* requirement_of(const Server& server, v1::ServerIs::Component component,
                                      const Version& gitlab, const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
