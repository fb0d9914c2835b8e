#include "readiness/checks/known_issues_apply.h"

#include "model/clock.h"
#include "readiness/condition.h"
#include "readiness/route.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

// Where on the route the issue bites; empty: nowhere.
std::string place_of(const v1::KnownIssue& issue, const Route& route) {
    for (const auto& version : issue.crossed()) {
        const auto crossed = parse_version(version);
        if (!crossed) continue;
        if (const auto* leg = crossing(route, *crossed)) return "at the hop " + leg_text(*leg);
    }
    if (const auto* leg = landing(route, issue.landed_on())) return "at the hop " + leg_text(*leg);
    if (within(*route.from, issue.started_from())) return "with " + route.from->text() + ", which runs";
    return {};
}

bool does_harm(const v1::KnownIssue& issue) {
    return issue.harm() == v1::KnownIssue::BREAKS || issue.harm() == v1::KnownIssue::LOSES_DATA;
}

v1::Level level_where_it_applies(const v1::KnownIssue& issue) {
    if (does_harm(issue)) return v1::BLOCKER;
    // What is so for everybody is for reading, not for mending on this fleet.
    return issue.has_condition() ? v1::WARNING : v1::NOTE;
}

// What a person is to say can never be green; of an annoyance it is a question, of harm it is a condition of
// the whole. Where something was not seen besides, the question hides nothing of that.
v1::Level level_where_open(const v1::KnownIssue& issue, const Decided& decided) {
    if (decided.question.empty() || decided.unseen) return does_harm(issue) ? v1::UNKNOWN : v1::WARNING;
    return does_harm(issue) ? v1::WARNING : v1::NOTE;
}

void add_texts(v1::Verdict& verdict, const v1::KnownIssue& issue) {
    verdict.set_consequence(issue.consequence());
    verdict.set_remedy(issue.remedy());
    *verdict.mutable_commands() = issue.commands();
    if (issue.has_verify()) *verdict.mutable_verify() = issue.verify();
    *verdict.mutable_links() = issue.links();
    auto& source = *verdict.add_evidence();
    source.set_source(issue.source());
    if (const auto day = from_iso8601(issue.date())) *source.mutable_taken_at() = *day;
    source.set_what(issue.has_condition() ? "known when " + describe(issue.condition())
                                          : std::string("known for every instance"));
}

// Behind the head of an issue whose condition is open. What is to be answered comes last.
std::string open_text(const Decided& decided) {
    if (decided.question.empty()) return "; whether it applies here was not seen";
    return (decided.unseen ? "; not all that tells it was seen" : "") + std::string(to_be_answered) +
           decided.question;
}

v1::Verdict verdict_of(const v1::KnownIssue& issue, const std::string& place, Decided decided) {
    const auto head = issue.id() + ": " + issue.title() + ", " + place;
    auto said = decided.truth == Truth::holds
                    ? verdict(level_where_it_applies(issue), issue.id(), head)
                    : verdict(level_where_open(issue, decided), issue.id(), head + open_text(decided));
    said.mutable_nodes()->Swap(decided.shown.mutable_nodes());
    said.mutable_evidence()->Swap(decided.shown.mutable_evidence());
    add_texts(said, issue);
    return said;
}

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    const auto route = find_route(fleet, upgrade, knowledge);
    if (!route.from) return {verdict(v1::UNKNOWN, "version_unseen", "no version of GitLab was seen")};
    if (!is_known(route)) {
        return {verdict(v1::UNKNOWN, "no_path",
                        "the way to the target is not known, so its known issues are not either")};
    }
    Verdicts verdicts;
    std::size_t passed = 0;
    for (const auto& issue : knowledge.known_issues()) {
        const auto place = place_of(issue, route);
        if (place.empty()) continue;
        auto decided = evaluate(issue.condition(), fleet, upgrade, knowledge);
        if (decided.truth == Truth::fails) {
            ++passed;
        } else {
            verdicts.push_back(verdict_of(issue, place, std::move(decided)));
        }
    }
    if (passed != 0 || verdicts.empty()) {
        auto ready = verdict(v1::READY, "spared",
                             passed == 0 ? std::string("no known issue lies on the way")
                                         : counted(passed, "known issue") + " on the way " +
                                               (passed == 1 ? "does" : "do") + " not apply here");
        verdicts.push_back(std::move(ready));
    }
    return verdicts;
}

}  // namespace

constexpr Check known_issues_apply{
    .id = "known_issues.apply",
    .asks = "Which known issues of the versions on the way apply here?",
    .judge = judge,
};

}  // namespace preflight::readiness
