// backup.configuration: Are the configuration and the secrets backed up?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check backup_configuration;

}  // namespace preflight::readiness
