// Acceptances: what persons answer for, held against what a report says.
//
// A waiver hangs on what was found: its digest is that of the verdict as its owner saw it, and any other
// evidence makes it void. A waived verdict stays in the report and does not count for the outcome, which is
// then READY_WITH_CONDITIONS at best, for a waived UNKNOWN too. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "preflight/v1/report.pb.h"
#include "readiness/check.h"

namespace preflight::readiness {

// BLOCKER, UNKNOWN and WARNING: there is something to accept.
bool calls_for_acceptance(const v1::Verdict& verdict);
// Why no person can accept the verdict: without it nothing was judged. Empty: one may.
std::string_view why_not_acceptable(const v1::Verdict& verdict);

// SHA-256 in hex of check, case, level, summary, nodes, and what was found on which node. Not of times and
// sources, nor of what is measured anew each time (passing() in verdict.h); not of the order.
std::string evidence_digest(const v1::Verdict& verdict);

// What the verdict says of this node alone; nothing when it is not about it.
std::optional<v1::Verdict> part_of(const v1::Verdict& verdict, std::string_view node);

// Gives each verdict that calls for acceptance its digest, each that a waiver in force fits the waiver's id
// (for one node of several: that node's part, which becomes a verdict of its own behind the rest), and the
// report what became of each acceptance: those that hold no longer first.
void accept(v1::Report& report, const Upgrade& upgrade);

}  // namespace preflight::readiness
