// gitaly.servers: Does every Gitaly answer, with the version and the storages that are expected?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check gitaly_servers;

}  // namespace preflight::readiness
