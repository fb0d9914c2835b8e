// installation.package_state: Is the package whole on every node, and free to be upgraded?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check installation_package_state;

}  // namespace preflight::readiness
