// version.one_version: Do all nodes run one version and edition of GitLab?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check version_one_version;

}  // namespace preflight::readiness
