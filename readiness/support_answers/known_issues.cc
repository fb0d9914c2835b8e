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

// What this report itself found wrong: each blocker with its words, of warnings what they are about.
void answer_verdicts(Question& question, const v1::Report& told) {
    constexpr std::size_t most = 50;
    std::size_t blockers = 0;
    std::vector<std::string> warnings;
    for (const auto& verdict : told.verdicts()) {
        const auto title = verdict.title().empty() ? verdict.check() : verdict.title();
        if (verdict.level() == v1::BLOCKER && ++blockers <= most) {
            question.say(Answer::SEEN, verdict.check(),
                         "Blocker of this report: " + title + ": " + verdict.summary(), verdict);
        }
        if (verdict.level() == v1::WARNING && std::ranges::find(warnings, title) == warnings.end())
            warnings.push_back(title);
    }
    if (blockers > most)
        question.say(Answer::SEEN, "", "Further blockers of this report: " + std::to_string(blockers - most));
    if (!warnings.empty())
        question.say(Answer::SEEN, "", "Warnings of this report: " + listed_first(warnings, most));
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
