// installation.reconfigured: Was every node reconfigured since its package was installed?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check installation_reconfigured;

}  // namespace preflight::readiness
