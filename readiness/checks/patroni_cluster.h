// patroni.cluster: Is every Patroni cluster whole and at rest?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check patroni_cluster;

}  // namespace preflight::readiness
