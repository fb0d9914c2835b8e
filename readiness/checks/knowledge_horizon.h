// knowledge.horizon: Is the knowledge recent enough to know the newest releases?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check knowledge_horizon;

}  // namespace preflight::readiness
