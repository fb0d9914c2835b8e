// coverage.nodes: Has every node reported lately?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check coverage_nodes;

}  // namespace preflight::readiness
