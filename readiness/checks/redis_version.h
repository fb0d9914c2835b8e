// redis.version: Is every Redis in use fit for every version on the way?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check redis_version;

}  // namespace preflight::readiness
