// backup.complete: Is there a backup that holds everything?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check backup_complete;

}  // namespace preflight::readiness
