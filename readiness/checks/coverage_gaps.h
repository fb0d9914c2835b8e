// coverage.gaps: Could every probe see what it looks at?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check coverage_gaps;

}  // namespace preflight::readiness
