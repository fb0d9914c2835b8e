// packages.repository: Does the package come from a repository for this system?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check packages_repository;

}  // namespace preflight::readiness
