// What only a person can answer, and what persons have stated.
#include <algorithm>
#include <array>

#include "model/clock.h"
#include "readiness/attestations.h"
#include "readiness/checks/known_issues_apply.h"
#include "readiness/support_answers/question.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Answer = v1::SupportAnswer;

struct Row {
    std::string_view question;
    std::string_view statement;  // that answers it; empty: none does
};

constexpr Row downtime{"Is downtime agreed to, and for how long?", "downtime_agreed"};

constexpr std::array rows{
    Row{"When is the maintenance window (date, time, time zone), and who is reached in it?", ""},
    Row{"What else is unusual about this instance, that no file of it shows?", ""},
    Row{"Was this upgrade rehearsed on a copy of the instance?", "upgrade_rehearsed"},
    Row{"Was a restore rehearsed?", "restore_rehearsed"},
    Row{"Are copies of the backups kept off the hosts of the instance?", "backups_kept_elsewhere"},
    Row{"Have the buckets, where there are any, backups of their own?", "object_storage_backed_up"},
    Row{"Do snapshots of one moment cover every node?", "snapshots_cover_every_node"},
    Row{"Are the release and maintenance policy, and the notes of every version on the way, read?",
        "release_notes_read"},
};

void answer_row(Question& question, const Row& row, const Asked& asked) {
    const auto* stated = row.statement.empty() ? nullptr : attested(asked.upgrade, row.statement);
    if (stated == nullptr) {
        question.say(Answer::ASKS_PERSON, "", row.question);
        return;
    }
    auto& answer = question.say(
        Answer::SEEN, "",
        std::string(row.question) + " " + clipped(stated->owner()) + " states: " + clipped(stated->detail()));
    auto& evidence = *answer.add_evidence();
    evidence.set_source(evidence_source(*stated));
    *evidence.mutable_taken_at() = stated->made_at();
    evidence.set_what("until " + to_iso8601(stated->expires_at()));
}

void answer_stops(Question& question, const Route& route) {
    for (const auto& open : route.conditional) {
        if (open.decided.truth != Truth::unknown) continue;
        const bool asks = !open.decided.question.empty();
        const auto head = "Is the stop " + open.stop->minor() + " needed? ";
        question.say(asks ? Answer::ASKS_PERSON : Answer::NOT_SEEN, open.stop->minor(),
                     head + (asks ? open.decided.question : "Needed where " + open.stop->condition() + "."),
                     open.decided.shown);
    }
}

// What stands with the issues of the running version is not asked again.
bool asked_before(const std::string& issue, const Asked& asked) {
    const auto& known = asked.knowledge.known_issues();
    const auto found = std::ranges::find(known, issue, &v1::KnownIssue::id);
    return found != known.end() && asked.route.from && is_of(*found, *asked.route.from);
}

void answer_issues(Question& question, const Asked& asked) {
    for (const auto& verdict : asked.told.verdicts()) {
        if (verdict.check() != known_issues_apply.id || asked_before(verdict.key(), asked)) continue;
        const auto at = verdict.summary().find(to_be_answered);
        if (at == std::string::npos) continue;
        question.say(Answer::ASKS_PERSON, verdict.key(), verdict.summary().substr(at + to_be_answered.size()),
                     verdict);
    }
}

}  // namespace

void answer_open(Question& question, const Asked& asked) {
    for (const auto& row : rows) answer_row(question, row, asked);
    if (!asked.upgrade.without_downtime) answer_row(question, downtime, asked);
    answer_stops(question, asked.route);
    answer_issues(question, asked);
    for (const auto& open : asked.told.plan().open())
        question.say(Answer::NOT_SEEN, "", "The plan leaves open: " + open);
}

}  // namespace preflight::readiness
