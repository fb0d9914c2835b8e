// redis.sentinel: Do the Sentinels agree, and are they enough?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check redis_sentinel;

}  // namespace preflight::readiness
