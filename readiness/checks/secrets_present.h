// secrets.present: Are the secrets there, whole, and closed to others?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check secrets_present;

}  // namespace preflight::readiness
