// Migrating: which of several nodes changes the database when the package is installed; exactly one may.
#pragma once

#include <string_view>

#include "readiness/plan/crew.h"

namespace preflight::readiness {

enum class Migrates { yes, no, unseen };

// Does the node by its settings change the database when its package is installed? `key`: the setting that
// forbids it when false, and is true where it is not set.
Migrates would_migrate(const FleetNode& node, std::string_view key);
// What decides that: the setting as the last reconfigure evaluated it, else as the files set it; nullptr:
// none was seen.
const v1::Finding* migrating_setting(const FleetNode& node, std::string_view key);

struct Migrating {
    const PlanNode* node = nullptr;  // nullptr: there is none to choose from
    PlanNodes to_allow;              // the same node, where its settings keep it from it
    PlanNodes to_forbid;             // other nodes that would do it as well
    PlanNodes unseen;                // nodes whose settings were not seen
};

// Chosen is the first of `candidates` that may already; `others` are nodes that must not, whether candidates
// or not.
Migrating choose_migrating(const PlanNodes& candidates, const PlanNodes& others, std::string_view key);

}  // namespace preflight::readiness
