// Judge: runs every check and makes the report of it. Pure: the same fleet, upgrade and knowledge give the
// same bytes.
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

// Verdicts joined, given their texts, worst first; path, nodes and endpoint coverage; the outcome:
// a BLOCKER is NOT_READY; else an UNKNOWN is CANNOT_SAY; else a WARNING is READY_WITH_CONDITIONS; else
// READY_TO_UPGRADE. A fleet without nodes is CANNOT_SAY. A verdict that a waiver in force accepts does not
// count, and makes the outcome READY_WITH_CONDITIONS at best (acceptances.h).
v1::Report judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge);
// The same without a copy: puts the fleet itself in order (normalise()), and leaves it with the caller.
v1::Report judge(Fleet&& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge);

// Exit status of `report`: 0 ready, 1 with conditions, 2 not ready, 3 cannot say.
int exit_status(v1::Report::Outcome outcome);

}  // namespace preflight::readiness
