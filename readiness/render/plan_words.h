// Plan words: the words of the plan that all forms of the report share. Everything returned as text is
// visible (visible.h). Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/plan.pb.h"
#include "preflight/v1/report.pb.h"

namespace preflight::readiness::render {

using Steps = std::vector<const v1::PlanStep*>;

// Steps that follow each other in one phase of one hop.
struct StepGroup {
    std::string heading;  // "To 18.11.11: in the window"
    std::string hop;      // "To 18.11.11"; the heading where the steps are of no hop
    Steps steps;
    int first = 1;  // number of its first step within the plan
};

std::vector<StepGroup> step_groups(const v1::Plan& plan);
// The number of the step with this id within the plan; 0: the plan has none.
int step_number(const v1::Plan& plan, std::string_view id);

// There are steps, or it is said why there are none.
bool has_plan(const v1::Report& report);
// "9 steps, with downtime, Geo sites"
std::string plan_summary(const v1::Plan& plan);
// What the open points do to the plan, in a sentence.
std::string open_meaning(const v1::Plan& plan);

// "10 to 30 minutes (docs.gitlab.com/…)"; empty: no fact says it.
std::string duration_words(const v1::PlanStep& step);
// "Durations are known for 3 of 7 steps: 40 minutes to 2 hours together."; empty where none is, and for one
// step alone.
std::string known_durations(const Steps& steps);

std::string_view reversal_words(v1::PlanStep::Reversal reversal);
// How the step is done on its nodes; empty where there is nothing to say.
std::string_view order_words(const v1::PlanStep& step);
inline constexpr std::string_view person_words = "a person, on no node";

}  // namespace preflight::readiness::render
