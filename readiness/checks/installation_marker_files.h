// installation.marker_files: Do files in /etc/gitlab change what the package does when it is upgraded?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check installation_marker_files;

}  // namespace preflight::readiness
