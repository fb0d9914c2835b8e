// packages.way_back: Is the package of the running version at hand?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check packages_way_back;

}  // namespace preflight::readiness
