// pgbouncer.state: Does every PgBouncer let its clients through?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check pgbouncer_state;

}  // namespace preflight::readiness
