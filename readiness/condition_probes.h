// Condition probes: who can decide a condition: which of the agent's probes, or which answer of a person.
#pragma once

#include <string>
#include <vector>

#include "preflight/v1/condition.pb.h"

namespace preflight::readiness {

// The probes whose findings decide it; sorted, each once.
std::vector<std::string> probes_asked(const v1::Condition& condition);

// What of it only a person can say, in its own order.
std::vector<std::string> questions_asked(const v1::Condition& condition);

}  // namespace preflight::readiness
