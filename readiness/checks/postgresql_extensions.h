// postgresql.extensions: Does the database have the extensions that the versions on the way need?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check postgresql_extensions;

}  // namespace preflight::readiness
