// system.filesystems: Are the filesystems fit for an upgrade?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check system_filesystems;

}  // namespace preflight::readiness
