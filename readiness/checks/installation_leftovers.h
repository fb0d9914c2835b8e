// installation.leftovers: Has an earlier upgrade left something behind?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check installation_leftovers;

}  // namespace preflight::readiness
