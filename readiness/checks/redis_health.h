// redis.health: Is every Redis server in order?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check redis_health;

}  // namespace preflight::readiness
