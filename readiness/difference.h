// Difference: what two reports of one instance say differently.
//
// By check and node: verdicts of several nodes are taken apart, so that one node more or less in a list is
// told as that node's. Of one check on one node the same case comes before another, and the same sentence
// (but for numbers in it) before another sentence. Of the path and the plan only which hops and steps there
// are (plan_difference.h). Pure; the order of verdicts does not matter.
#pragma once

#include "preflight/v1/report.pb.h"

namespace preflight::readiness {

v1::ReportDifferences difference_of(const v1::Report& before, const v1::Report& after);

}  // namespace preflight::readiness
