// Architecture: the nodes of the instance by role and site, and who uses whom.
//
// What a node uses of itself is no edge. Who answers at an endpoint is as coverage.h has it.
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

// Every node of the fleet; and as nodes that do not report, the hosts that nodes are told to use and that no
// node of the fleet answers for.
v1::Architecture architecture_of(const Fleet& fleet, const Upgrade& upgrade);

}  // namespace preflight::readiness
