// Which known problems the running version has on this instance.
#include <algorithm>

#include "readiness/support_answers/question.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Answer = v1::SupportAnswer;

void answer_issue(Question& question, const v1::KnownIssue& issue, const Decided& decided) {
    const auto head = issue.title() + ". ";
    switch (decided.truth) {
        case Truth::holds:
            question.say(Answer::SEEN, issue.id(), head + issue.consequence(), decided.shown);
            return;
        case Truth::unknown:
            if (decided.question.empty()) {
                question.say(Answer::NOT_SEEN, issue.id(), head + "Whether it applies here was not seen.",
                             decided.shown);
            } else {
                question.say(Answer::ASKS_PERSON, issue.id(), head + decided.question, decided.shown);
            }
            return;
        case Truth::fails:
            return;
    }
}

// What this report itself found wrong.
void answer_verdicts(Question& question, const v1::Report& told) {
    for (const auto& [level, name] :
         {std::pair(v1::BLOCKER, "Blockers"), std::pair(v1::WARNING, "Warnings")}) {
        std::vector<std::string> checks;
        for (const auto& verdict : told.verdicts()) {
            if (verdict.level() != level) continue;
            if (std::ranges::find(checks, verdict.check()) == checks.end()) checks.push_back(verdict.check());
        }
        if (!checks.empty())
            question.say(Answer::SEEN, "",
                         std::string(name) + " of this report: " + listed_first(checks, 50));
    }
}

}  // namespace

bool is_of(const v1::KnownIssue& issue, const Version& running) {
    return within(running, issue.landed_on()) || within(running, issue.started_from());
}

void answer_known_issues(Question& question, const Asked& asked) {
    if (!asked.route.from) {
        question.say(Answer::NOT_SEEN, "", "No version of GitLab was seen.");
        return answer_verdicts(question, asked.told);
    }
    const auto& running = *asked.route.from;
    const auto horizon = parse_version(asked.knowledge.newest_known());
    const bool beyond = !horizon || running.minor_release() > horizon->minor_release();
    if (beyond) {
        question.say(Answer::NOT_SEEN, "",
                     "The knowledge ends with GitLab " + asked.knowledge.newest_known() + ", " +
                         running.text() + " runs.");
    }
    for (const auto& issue : asked.knowledge.known_issues()) {
        if (!is_of(issue, running)) continue;
        answer_issue(question, issue,
                     evaluate(issue.condition(), asked.fleet, asked.upgrade, asked.knowledge));
    }
    if (!question.answered())
        question.say(Answer::SEEN, "", "No known issue of GitLab " + running.text() + " applies here.");
    answer_verdicts(question, asked.told);
}

}  // namespace preflight::readiness
