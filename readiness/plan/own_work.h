// Own work: what a plan does in any case, and of which verdicts that is the whole remedy.
#pragma once

#include <string_view>
#include <vector>

#include "preflight/v1/plan.pb.h"
#include "preflight/v1/report.pb.h"

namespace preflight::readiness {

struct OwnWork {
    std::string_view check;
    std::vector<std::string_view> keys;   // the check's cases
    std::vector<std::string_view> texts;  // of its steps
    bool every;                           // not only its first step
    bool each_node;                       // it mends a node only where it is done on that node
};

// nullptr: no work of the plan's own mends it whole.
const OwnWork* own_work_of(const v1::Verdict& verdict);
bool is_step_of(const OwnWork& own, const v1::PlanStep& step);
// Its steps are there only where PostgreSQL is to come to another major version.
bool is_of_database(const OwnWork& own);

}  // namespace preflight::readiness
