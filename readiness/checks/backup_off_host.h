// backup.off_host: Is a copy of the backups kept off the hosts?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check backup_off_host;

}  // namespace preflight::readiness
