// zero_downtime.eligible: Can GitLab serve while it is upgraded?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check zero_downtime_eligible;

}  // namespace preflight::readiness
