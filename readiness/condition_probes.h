// Condition probes: who can decide a condition: which of the agent's probes, or which answer of a person.
#pragma once

#include <string>
#include <vector>

#include "preflight/v1/condition.pb.h"

namespace preflight::readiness {

// The probes whose findings decide it; sorted, each once.
std::vector<std::string> probes_asked(const v1::Condition& condition);

// What of it only a person can say, or where nothing was seen: in its own order, each once.
std::vector<std::string> questions_asked(const v1::Condition& condition);
// Those of them that an attestation answers. How the upgrade is planned is said with it.
std::vector<std::string> questions_of_persons(const v1::Condition& condition);

}  // namespace preflight::readiness
