// coverage.endpoints: Does a reporting node answer at every PostgreSQL, Redis and Gitaly endpoint in use?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check coverage_endpoints;

}  // namespace preflight::readiness
