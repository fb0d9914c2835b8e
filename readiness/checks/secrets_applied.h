// secrets.applied: Do the services run with the secrets of gitlab-secrets.json?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check secrets_applied;

}  // namespace preflight::readiness
