// installation.running: Do all services run what is installed?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check installation_running;

}  // namespace preflight::readiness
