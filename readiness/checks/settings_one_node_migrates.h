// settings.one_node_migrates: Does exactly one node of each site change the database?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check settings_one_node_migrates;

}  // namespace preflight::readiness
