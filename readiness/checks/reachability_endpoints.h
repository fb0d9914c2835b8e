// reachability.endpoints: Does every node reach the servers that it uses?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check reachability_endpoints;

}  // namespace preflight::readiness
