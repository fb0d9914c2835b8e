// backup.fresh: Is the backup recent?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check backup_fresh;

}  // namespace preflight::readiness
