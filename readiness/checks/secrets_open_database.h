// secrets.open_database: Do the secrets open what the database holds encrypted?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check secrets_open_database;

}  // namespace preflight::readiness
