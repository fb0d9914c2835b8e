// migrations.background: Are the batched background migrations finished, or when will they be?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check migrations_background;

}  // namespace preflight::readiness
