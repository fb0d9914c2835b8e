// Support answers: what GitLab Support asks before it reviews an upgrade plan, answered from the findings.
//
// Every question is there, and what was not seen says so. Plan and way back are parts of the report
// themselves.
#pragma once

#include "preflight/v1/support.pb.h"
#include "readiness/check.h"
#include "readiness/route.h"

namespace preflight::readiness {

// `told`: the report as far as it is made: its verdicts and endpoints, and its plan where there is one.
v1::SupportAnswers support_answers(const Fleet& fleet, const Upgrade& upgrade, const Route& route,
                                   const v1::Knowledge& knowledge, const v1::Report& told);

}  // namespace preflight::readiness
