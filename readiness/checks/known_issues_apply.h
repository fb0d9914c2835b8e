// KnownIssues: what the knowledge says goes wrong with the versions on the way, judged for this fleet.
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check known_issues_apply;

// Stands in the summary of one that a person has to settle, before the question.
constexpr std::string_view to_be_answered = "; to be answered: ";

}  // namespace preflight::readiness
