#include "readiness/checks/zero_downtime_eligible.h"

#include <utility>

#include "readiness/verdict.h"
#include "readiness/zero_downtime.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;
using Conditions = std::vector<ServingCondition>;

// It is of the instance: which nodes show it is in the words.
void show(v1::Verdict& verdict, const ServingCondition& one) {
    auto& evidence = *verdict.add_evidence();
    evidence.set_source("inspections");
    evidence.set_what(clipped(one.shown_by.empty() ? one.says : one.says + ": " + one.shown_by));
}

v1::Verdict with_all(v1::Verdict verdict, const Conditions& conditions) {
    for (const auto& one : conditions) show(verdict, one);
    return verdict;
}

void add_each(Verdicts& verdicts, const Conditions& conditions, Standing standing, const v1::Verdict& kind) {
    for (const auto& one : standing_so(conditions, standing)) {
        auto said = kind;
        said.set_summary(kind.summary() + one.says);
        show(said, one);
        verdicts.push_back(std::move(said));
    }
}

// It is to be done so: what does not allow it stops the upgrade as it is planned.
Verdicts judge_wanted(const Conditions& conditions) {
    Verdicts verdicts;
    add_each(verdicts, conditions, Standing::unmet,
             verdict(v1::BLOCKER, "impossible", "not possible without downtime: "));
    add_each(verdicts, conditions, Standing::unseen,
             verdict(v1::UNKNOWN, "unseen", "cannot be said to be possible without downtime: "));
    add_each(verdicts, conditions, Standing::for_person,
             verdict(v1::WARNING, "to_confirm", "possible without downtime where a person confirms it: "));
    if (!verdicts.empty()) return verdicts;
    return {with_all(verdict(v1::READY, "possible", "every condition of an upgrade without downtime is met"),
                     conditions)};
}

std::string reasons_of(const Conditions& conditions) {
    std::string reasons;
    for (const auto& one : conditions) reasons += (reasons.empty() ? "" : "; ") + one.says;
    return reasons;
}

// Nobody asks for it: the answer is for who plans, and stops nothing.
std::string answer_unasked(const Conditions& conditions) {
    const auto unmet = standing_so(conditions, Standing::unmet);
    if (!unmet.empty()) return "without it is not possible: " + reasons_of(unmet);
    const auto unseen = standing_so(conditions, Standing::unseen);
    if (!unseen.empty()) return "whether it could do without cannot be said: " + reasons_of(unseen);
    const auto open = standing_so(conditions, Standing::for_person);
    if (!open.empty()) return "it could do without where a person confirms it: " + reasons_of(open);
    return "it could do without, for every condition of that is met";
}

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    const auto route = find_route(fleet, upgrade, knowledge);
    const bool wanted = upgrade.without_downtime;
    if (!is_known(route)) {
        const std::string summary = "whether it can do without downtime is not known, for no path is known";
        return {wanted ? verdict(v1::UNKNOWN, "unseen", summary)
                       : verdict(v1::NOTE, "with_downtime", "planned with downtime; " + summary)};
    }
    if (route.legs.empty())
        return {verdict(v1::NOT_APPLICABLE, "at_target", "every node has the target's version already")};
    auto crew = crew_of(fleet, upgrade.expected_nodes);
    const auto databases = database_upgrades(fleet, upgrade, route, knowledge, crew.open);
    const auto conditions = serving_conditions(fleet, upgrade, {crew, route, databases}, knowledge);
    if (wanted) return judge_wanted(conditions);
    return {
        with_all(verdict(v1::NOTE, "with_downtime", "planned with downtime; " + answer_unasked(conditions)),
                 conditions)};
}

}  // namespace

constexpr Check zero_downtime_eligible{
    .id = "zero_downtime.eligible",
    .asks = "Can GitLab serve while it is upgraded?",
    .judge = judge,
};

}  // namespace preflight::readiness
