// path.required_stops: Which stops lie between the running version and the target?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check path_required_stops;

}  // namespace preflight::readiness
