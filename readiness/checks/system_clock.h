// system.clock: Are the clocks synchronised?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check system_clock;

}  // namespace preflight::readiness
