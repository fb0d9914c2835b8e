// Background wait: how long the wait for background migrations takes, by what was measured on this fleet.
#pragma once

#include "readiness/check.h"
#include "readiness/plan/writer.h"

namespace preflight::readiness {

// Of those that are unfinished now: when they will have finished at their present rate, or why they never
// will. A time only where each of them has one.
Measured wait_for_background(const Fleet& fleet, const Upgrade& upgrade);

// Of those that the hop itself will queue: there is nothing to measure yet.
Measured queued_by(const Leg& leg);

}  // namespace preflight::readiness
