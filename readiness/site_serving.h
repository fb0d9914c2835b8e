// Site serving: whether one site keeps serving while its nodes are upgraded, condition by condition.
//
// Of what is not of a single site zero_downtime.h tells.
#pragma once

#include <vector>

#include "readiness/plan/crew.h"
#include "readiness/zero_downtime.h"

namespace preflight::readiness {

// Adds the conditions of the site, in the order in which they are listed in GitLab's documentation.
void judge_site(const PlanSite& site, std::vector<ServingCondition>& conditions);

}  // namespace preflight::readiness
