// backup.version: Is the backup of exactly the version and edition that run?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check backup_version;

}  // namespace preflight::readiness
