// migrations.schema: Does the database have exactly the migrations of the version that runs?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check migrations_schema;

}  // namespace preflight::readiness
