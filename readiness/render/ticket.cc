#include "readiness/render/ticket.h"

#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <tuple>

#include "readiness/render/layout.h"
#include "readiness/render/summary.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {

std::vector<AnswerGroup> answer_groups(const v1::SupportQuestion& question) {
    std::vector<AnswerGroup> groups;
    std::map<std::tuple<std::string, int, bool>, std::size_t> met;
    for (const auto& answer : question.answers()) {
        // The instance as a whole is no node among others.
        const bool of_instance = answer.subject().empty();
        const auto [at, is_new] =
            met.try_emplace({answer.text(), static_cast<int>(answer.state()), of_instance}, groups.size());
        if (is_new) groups.push_back({{}, visible(answer.text()), answer.state(), {}});
        auto& group = groups[at->second];
        if (!of_instance) group.subjects.push_back(answer.subject());
        group.evidence.MergeFrom(answer.evidence());
    }
    return groups;
}

std::string subjects_words(const std::vector<std::string>& subjects, int width) {
    constexpr std::size_t readable = 20;
    return subjects.size() <= readable ? joined_whole(subjects) : joined(subjects, width);
}

AnswerWords answer_words(v1::SupportAnswer::State state) {
    switch (state) {
        case v1::SupportAnswer::SEEN:
            return {"", "+", "\u2713", "ready"};
        case v1::SupportAnswer::ASKS_PERSON:
            return {"For a person: ", "!", "!", "warning"};
        default:
            return {"Not seen: ", "?", "?", "unknown"};
    }
}

std::string ticket_summary(const v1::SupportAnswers& support) {
    int not_seen = 0;
    int asks = 0;
    for (const auto& question : support.questions()) {
        for (const auto& answer : question.answers()) {
            const bool seen = answer.state() == v1::SupportAnswer::SEEN;
            const bool person = answer.state() == v1::SupportAnswer::ASKS_PERSON;
            not_seen += seen || person ? 0 : 1;
            asks += person ? 1 : 0;
        }
    }
    auto words = plural(static_cast<std::size_t>(support.questions_size()), "question", "questions");
    if (not_seen > 0) words += fmt::format(", {} not seen", not_seen);
    if (asks > 0) words += fmt::format(", {} for a person to answer", asks);
    return words;
}

std::string question_words(const v1::SupportQuestion& question) {
    return visible(question.question().empty() ? question.id() : question.question());
}

}  // namespace preflight::readiness::render
