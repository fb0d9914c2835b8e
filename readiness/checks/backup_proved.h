// backup.proved: Is the backup proved to be readable?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check backup_proved;

}  // namespace preflight::readiness
