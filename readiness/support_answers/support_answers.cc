#include "readiness/support_answers/support_answers.h"

#include <array>
#include <string_view>

#include "readiness/support_answers/question.h"

namespace preflight::readiness {
namespace {

struct Row {
    std::string_view id;
    std::string_view question;
    void (*answer)(Question&, const Asked&);
};

// In the order in which Support asks (gitlab doc/update/plan_your_upgrade.md).
constexpr std::array rows{
    Row{"installation", "How is GitLab installed?", answer_installation},
    Row{"systems", "What is the operating system of each node, and are there later updates for it?",
        answer_systems},
    Row{"architecture", "Is it a single node or several, and what does each of them do?",
        answer_architecture},
    Row{"external", "Which components are outside GitLab's nodes: PostgreSQL, Redis, Gitaly, others?",
        answer_external},
    Row{"geo", "Is Geo used, and what is each secondary site like?", answer_geo},
    Row{"unique", "What is unique about this instance?", answer_unique},
    Row{"known_issues", "Which known problems does the running version have here?", answer_known_issues},
    Row{"open", "Which questions are left to a person?", answer_open},
};

}  // namespace

v1::SupportAnswers support_answers(const Fleet& fleet, const Upgrade& upgrade, const Route& route,
                                   const v1::Knowledge& knowledge, const v1::Report& told) {
    const Asked asked{fleet, upgrade, route, knowledge, told};
    v1::SupportAnswers answers;
    for (const auto& row : rows) {
        auto& made = *answers.add_questions();
        made.set_id(std::string(row.id));
        made.set_question(std::string(row.question));
        Question question(made);
        if (fleet.nodes.empty() && row.id != "open") {
            question.say(v1::SupportAnswer::NOT_SEEN, "", "No node has reported.");
            continue;
        }
        row.answer(question, asked);
        if (!question.answered())
            question.say(v1::SupportAnswer::NOT_SEEN, "", "Nothing that was found answers it.");
    }
    return answers;
}

}  // namespace preflight::readiness
