// consul.cluster: Has the Consul cluster a leader and all its members?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check consul_cluster;

}  // namespace preflight::readiness
