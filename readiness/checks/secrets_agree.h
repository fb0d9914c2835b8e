// secrets.agree: Do all nodes and sites hold the same secrets?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check secrets_agree;

}  // namespace preflight::readiness
