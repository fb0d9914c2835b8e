// system.supported: Does GitLab have packages for every node's operating system, all the way to the target?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check system_supported;

}  // namespace preflight::readiness
