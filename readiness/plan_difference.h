// Plan difference: which hops and which steps only one of two reports has, or both have otherwise.
//
// A hop goes by its minor version, a step by its id with that instead of the whole version: another patch of
// a stop is one changed hop, and not another plan.
#pragma once

#include "preflight/v1/report.pb.h"

namespace preflight::readiness {

void add_plan_differences(v1::ReportDifferences& all, const v1::Report& before, const v1::Report& after);

}  // namespace preflight::readiness
