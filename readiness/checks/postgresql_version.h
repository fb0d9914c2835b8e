// postgresql.version: Is every PostgreSQL in use fit for every version on the way?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check postgresql_version;

}  // namespace preflight::readiness
