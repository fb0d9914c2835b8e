// Plan: what to do, in order, on which node, so that this fleet comes over its path to the target.
//
// Pure, as a check is. Steps follow from what was found; what was not found is an open point and never a
// guess. Their words are the knowledge's (plan_steps.txtpb), their order is that of GitLab's documentation
// for one node, several, several without downtime, and Geo.
#pragma once

#include "preflight/v1/plan.pb.h"
#include "preflight/v1/report.pb.h"
#include "readiness/check.h"
#include "readiness/plan/remedies.h"
#include "readiness/route.h"

namespace preflight::readiness {

// `verdicts`: joined, with their texts and waivers; of blockers and warnings the remedies are steps, what is
// unknown is an open point. `fleet` in its order (normalise()). Without a path there are no steps.
v1::Plan make_plan(const Fleet& fleet, const Upgrade& upgrade, const Route& route,
                   const ReportVerdicts& verdicts, const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
