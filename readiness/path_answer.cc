#include "readiness/path_answer.h"

#include <algorithm>
#include <utility>

#include "readiness/condition.h"
#include "readiness/condition_probes.h"
#include "readiness/knowledge.h"
#include "readiness/path.h"
#include "readiness/system_moves.h"

namespace preflight::readiness {
namespace {

using Answer = v1::PathAnswer;

void refuse(Answer& answer, const std::string& reason) {
    answer.set_answer(Answer::REFUSED);
    answer.set_reason(reason);
}

// What the report says of the same case; the texts are the knowledge's.
void note_advice(Answer& answer, const v1::Knowledge& knowledge, std::string_view key) {
    const auto check = std::ranges::find(knowledge.checks(), "path.required_stops", &v1::CheckText::id);
    if (check == knowledge.checks().end()) return;
    const auto advice = std::ranges::find(check->advice(), key, &v1::Advice::key);
    if (advice == check->advice().end()) return;
    answer.add_notes(advice->consequence());
    answer.add_notes(advice->remedy());
}

// A running version that cannot be, as far as the knowledge goes, is likely mistyped.
void note_start(Answer& answer, const Version& from, const v1::Knowledge& knowledge) {
    if (never_released(from, knowledge)) {
        answer.add_notes("GitLab " + from.text() + " was never released: check the number of what runs.");
    }
    const auto newest = newest_patch(from, knowledge);
    const auto oldest = std::ranges::min_element(knowledge.releases(), {}, [](const v1::Release& release) {
        return parse_target(release.minor()).value_or(Version());
    });
    const bool described = oldest != knowledge.releases().end() && parse_target(oldest->minor()) <= from;
    if (newest ? from > *newest : described)
        answer.add_notes("The knowledge has no GitLab " + from.text() + ": check the number of what runs.");
}

void note_target(Answer& answer, const Path& path, const Version& target) {
    if (!path.target_at_least || target >= *path.target_at_least) return;
    answer.add_notes("GitLab " + target.minor_text() + " is a required stop, and " +
                     path.target_at_least->text() + " is the lowest patch that may serve as one.");
}

void add_open(Answer& answer, const v1::Hop& hop, const v1::Knowledge& knowledge) {
    auto& open = *answer.add_open();
    open.set_stop(hop.version());
    open.set_needed_if(hop.condition());
    const auto version = parse_version(hop.version());
    for (const auto& stop : knowledge.stops()) {
        const auto minor = parse_version(stop.minor());
        if (!version || !minor || !minor->same_minor(*version) || !stop.has_needed_if()) continue;
        open.set_needed_if(describe(stop.needed_if()));
        for (auto& probe : probes_asked(stop.needed_if())) open.add_probes(std::move(probe));
        for (auto& question : questions_asked(stop.needed_if())) open.add_questions(std::move(question));
    }
}

void add_hops(Answer& answer, const Path& path, const Version& target, const v1::Knowledge& knowledge) {
    for (const auto& hop : path.hops) {
        *answer.add_hops() = hop;
        // The target is gone to in any case.
        if (hop.conditional() && hop.version() != target.text()) add_open(answer, hop, knowledge);
    }
}

// What can be said before the way is looked for; true: there is none.
bool refused(Answer& answer, const PathQuestion& question, const v1::Knowledge& knowledge) {
    const auto& [from, target, edition, to_edition] = question;
    if (edition == v1::EE && to_edition == v1::CE) {
        refuse(answer, "Enterprise Edition cannot become Community Edition");
        note_advice(answer, knowledge, "edition_back");
    } else if (target < from) {
        refuse(answer, "the target " + target.text() + " is older than " + from.text() +
                           ": this would be a downgrade");
        note_advice(answer, knowledge, "downgrade");
    } else if (target == from && edition == to_edition) {
        refuse(answer, target.text() + " runs already: there is nothing to upgrade");
    }
    return answer.answer() == Answer::REFUSED;
}

}  // namespace

v1::PathAnswer answer(const PathQuestion& asked, const v1::Knowledge& knowledge) {
    auto question = asked;
    if (question.to_edition == v1::EDITION_UNSPECIFIED) question.to_edition = question.edition;
    v1::PathAnswer answer;
    answer.set_schema("preflight.v1.PathAnswer");
    answer.set_from_version(question.from.text());
    answer.set_from_edition(question.edition);
    answer.set_target_version(question.target.text());
    answer.set_target_edition(question.to_edition);
    answer.set_tool_version(PREFLIGHT_VERSION);
    answer.set_knowledge_version(version_text(knowledge));
    answer.set_knowledge_horizon(knowledge.newest_known());
    if (refused(answer, question, knowledge)) return answer;
    auto path = find_path(question.from, question.target, knowledge);
    add_moves(path.hops, question.from, question.edition, knowledge);
    const auto why = unknown_way(path.kind, question.from, question.target, knowledge);
    const bool refuses = path.kind == Path::Kind::never_released;
    answer.set_answer(why.empty() ? Answer::FOUND : refuses ? Answer::REFUSED : Answer::CANNOT_SAY);
    answer.set_reason(why);
    if (question.edition != question.to_edition) note_advice(answer, knowledge, "edition_change");
    add_hops(answer, path, question.target, knowledge);
    note_start(answer, question.from, knowledge);
    note_target(answer, path, question.target);
    return answer;
}

}  // namespace preflight::readiness
