// Answers of: Support's answers as lines of text, for tests to compare.
#pragma once

#include <algorithm>

#include "readiness/judge.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {

inline v1::SupportAnswers answers(const Fleet& fleet, const Upgrade& upgrade = to("19.3.0")) {
    return judge(fleet, upgrade, built_in_knowledge()).support();
}

// "SEEN web1: Ubuntu …", of one question.
inline std::vector<std::string> of(const v1::SupportAnswers& answers, std::string_view id) {
    std::vector<std::string> texts;
    const auto question = std::ranges::find(answers.questions(), id, &v1::SupportQuestion::id);
    if (question == answers.questions().end()) return {"no question"};
    for (const auto& answer : question->answers()) {
        texts.push_back(v1::SupportAnswer::State_Name(answer.state()) + " " + answer.subject() + ": " +
                        answer.text());
    }
    return texts;
}

inline std::vector<std::string> of(const Fleet& fleet, std::string_view id) { return of(answers(fleet), id); }

}  // namespace preflight::readiness
