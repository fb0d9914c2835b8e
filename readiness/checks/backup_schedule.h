// backup.schedule: Does a schedule make backups?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check backup_schedule;

}  // namespace preflight::readiness
