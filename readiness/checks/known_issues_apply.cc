#include "readiness/checks/known_issues_apply.h"

#include <optional>

#include "model/clock.h"
#include "readiness/condition.h"
#include "readiness/issue_places.h"
#include "readiness/route.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

// Where the issue bites, and whether it does so there.
struct Bite {
    IssuePlace place;
    Decided decided;
};

bool does_harm(const v1::KnownIssue& issue) {
    return issue.harm() == v1::KnownIssue::BREAKS || issue.harm() == v1::KnownIssue::LOSES_DATA;
}

v1::Level level_where_it_applies(const v1::KnownIssue& issue, const IssuePlace& place) {
    if (does_harm(issue)) return place.passing ? v1::WARNING : v1::BLOCKER;
    // What is so for everybody is for reading, not for mending on this fleet.
    return issue.has_condition() ? v1::WARNING : v1::NOTE;
}

// What a person is to say can never be green; of an annoyance it is a question, of harm it is a condition of
// the whole. Where something was not seen besides, the question hides nothing of that. What would only be a
// warning is none the less where it is open.
v1::Level level_where_open(const v1::KnownIssue& issue, const Bite& bite) {
    const bool asked = !bite.decided.question.empty() && !bite.decided.unseen;
    if (!does_harm(issue)) return asked ? v1::NOTE : v1::WARNING;
    return asked || bite.place.passing ? v1::WARNING : v1::UNKNOWN;
}

// What is to be minded in passing takes the place of the remedy with all its commands: nothing is mended
// there.
void add_remedy(v1::Verdict& verdict, const v1::KnownIssue& issue, const IssuePlace& place) {
    if (place.passing) return verdict.set_remedy(issue.in_passing());
    verdict.set_remedy(issue.remedy());
    *verdict.mutable_commands() = issue.commands();
    if (issue.has_verify()) *verdict.mutable_verify() = issue.verify();
}

void add_texts(v1::Verdict& verdict, const v1::KnownIssue& issue) {
    verdict.set_consequence(issue.consequence());
    verdict.set_remedy_phase(issue.phase());
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

v1::Verdict verdict_of(const v1::KnownIssue& issue, Bite bite) {
    auto& decided = bite.decided;
    const auto head = issue.id() + ": " + issue.title() + ", " + bite.place.text +
                      (bite.place.passing ? ", only in passing" : "");
    auto said = decided.truth == Truth::holds
                    ? verdict(level_where_it_applies(issue, bite.place), issue.id(), head)
                    : verdict(level_where_open(issue, bite), issue.id(), head + open_text(decided));
    said.mutable_nodes()->Swap(decided.shown.mutable_nodes());
    said.mutable_evidence()->Swap(decided.shown.mutable_evidence());
    add_remedy(said, issue, bite.place);
    add_texts(said, issue);
    return said;
}

// How much there is to say of it: what is open where the way stays is more than what holds in passing. That a
// person denies it is more than that a finding does.
int weight(const Bite& bite) {
    if (bite.decided.truth == Truth::fails) return bite.decided.attested ? 1 : 0;
    const int told = bite.decided.truth == Truth::holds ? 3 : 2;
    return bite.place.passing ? told : told + 2;
}

// Of several places the first of the greatest weight: what runs at one may be gone at the next.
Bite worst_bite(const v1::KnownIssue& issue, const std::vector<IssuePlace>& places, const Route& route,
                const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    std::optional<Bite> worst;
    for (const auto& place : places) {
        std::optional<BeforeHop> before;
        if (place.leg != nullptr) before.emplace(BeforeHop{route, *place.leg});
        auto decided = evaluate(issue.condition(), fleet, upgrade, knowledge, before ? &*before : nullptr);
        Bite bite{place, std::move(decided)};
        if (!worst || weight(bite) > weight(*worst)) worst = std::move(bite);
    }
    return std::move(*worst);
}

// What findings and persons told together is shown with it.
v1::Verdict attested_verdict(const std::vector<std::string>& issues, v1::Verdict shown) {
    auto said = verdict(v1::READY, "attested",
                        counted(issues.size(), "known issue") + " on the way " +
                            (issues.size() == 1 ? "does" : "do") +
                            " not apply here by a person's answer: " + listed(issues));
    said.mutable_evidence()->Swap(shown.mutable_evidence());
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
    std::vector<std::string> answered;  // with no, by a person
    v1::Verdict denied;
    for (const auto& issue : knowledge.known_issues()) {
        const auto places = places_of(issue, route, knowledge);
        if (places.empty() || !issue.covered_by().empty()) continue;
        auto bite = worst_bite(issue, places, route, fleet, upgrade, knowledge);
        const auto& decided = bite.decided;
        if (decided.truth == Truth::fails && decided.attested) {
            answered.push_back(issue.id());
            denied.mutable_evidence()->MergeFrom(decided.shown.evidence());
        } else if (decided.truth == Truth::fails) {
            ++passed;
        } else {
            verdicts.push_back(verdict_of(issue, std::move(bite)));
        }
    }
    if (!answered.empty()) verdicts.push_back(attested_verdict(answered, std::move(denied)));
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
