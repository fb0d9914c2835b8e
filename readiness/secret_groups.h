// Secret groups: which nodes hold the same value of each key of the secrets file, by fingerprint.
//
// Views into the fleet: they live no longer than it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "readiness/fleet.h"

namespace preflight::readiness {

struct SecretValue {
    std::string fingerprint;
    std::vector<std::pair<const FleetNode*, const v1::Finding*>> holders;  // in order of the fleet
};

struct SecretKey {
    std::string name;                 // "gitlab_rails.db_key_base"
    std::vector<SecretValue> values;  // most holders first; those of equal number in order of fingerprint
};

struct SecretGroups {
    std::vector<SecretKey> keys;  // in order of name
    // Nodes that need the application's secrets and gave no fingerprint that can be compared with the
    // others', or not all of them.
    std::vector<const FleetNode*> unseen;
};

// Does the node need the application's secrets, or might it? One that does not say what it is might.
bool needs_secrets(const FleetNode& node);

// Of gitlab-secrets.json itself, not of what was rendered from it. Fingerprints of another key than most have
// cannot be compared: their nodes are unseen.
SecretGroups secret_groups(const Fleet& fleet);

}  // namespace preflight::readiness
