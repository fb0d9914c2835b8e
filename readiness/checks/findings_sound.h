// findings.sound: Do the findings make sense, each by itself and all together?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check findings_sound;

}  // namespace preflight::readiness
