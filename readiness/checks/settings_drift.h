// settings.drift: Does every node run what its configuration says, and the same as its peers?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check settings_drift;

}  // namespace preflight::readiness
