// KnownIssues: what the knowledge says goes wrong with the versions on the way, judged for this fleet.
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check known_issues_apply;

}  // namespace preflight::readiness
