// What if: the same findings judged for several targets, side by side.
#pragma once

#include <vector>

#include "preflight/v1/what_if.pb.h"
#include "readiness/check.h"

namespace preflight::readiness {

// Judges each target, and of each way to one as many of its hops, from the target back, as it takes to find
// one to which nothing stops the upgrade. Of `upgrade` all but the target counts.
v1::WhatIf what_if(const Fleet& fleet, const Upgrade& upgrade, const std::vector<Version>& targets,
                   const v1::Knowledge& knowledge);

// Exit status: that of the worst target, as `report` has it: not ready, cannot say, with conditions, ready.
int exit_status(const v1::WhatIf& what_if);

}  // namespace preflight::readiness
