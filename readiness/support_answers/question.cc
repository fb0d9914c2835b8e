#include "readiness/support_answers/question.h"

#include <algorithm>
#include <set>

#include "readiness/verdict.h"

namespace preflight::readiness {

v1::SupportAnswer& Question::say(v1::SupportAnswer::State state, std::string_view subject,
                                 std::string_view text, const v1::Verdict& shown) {
    constexpr int evidence_limit = 20;
    auto& answer = *question_.add_answers();
    answer.set_state(state);
    answer.set_subject(clipped(subject, 255));
    answer.set_text(clipped(text, 2000));
    for (int at = 0; at < std::min(shown.evidence_size(), evidence_limit); ++at)
        *answer.add_evidence() = shown.evidence(at);
    return answer;
}

void Question::say_of_nodes(v1::SupportAnswer::State state, std::string_view text, const v1::Verdict& shown) {
    const std::set<std::string> nodes(shown.nodes().begin(), shown.nodes().end());
    if (nodes.empty()) return;
    say(state, "", std::string(text) + ": " + listed_first({nodes.begin(), nodes.end()}), shown);
}

}  // namespace preflight::readiness
