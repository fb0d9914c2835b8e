// postgresql.health: Is every PostgreSQL server in order?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check postgresql_health;

}  // namespace preflight::readiness
