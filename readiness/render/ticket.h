// Ticket: the answers for GitLab Support, as a ticket has them: what several nodes answer alike is told once.
// Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/report.pb.h"
#include "preflight/v1/support.pb.h"
#include "readiness/render/evidence.h"

namespace preflight::readiness::render {

struct AnswerGroup {
    std::vector<std::string> subjects;  // as the report has them; empty: the instance
    std::string text;                   // visible
    v1::SupportAnswer::State state = v1::SupportAnswer::STATE_UNSPECIFIED;
    EvidenceList evidence;
};

// In the order in which each was met first.
std::vector<AnswerGroup> answer_groups(const v1::SupportQuestion& question);

// Whom an answer is of, or what: each of them, as Support must know; of very many as many as `width` columns
// take.
std::string subjects_words(const std::vector<std::string>& subjects, int width);

struct AnswerWords {
    std::string_view before;  // "Not seen: "; nothing before what findings say
    std::string_view mark;    // one ASCII character
    std::string_view sign;    // the same for a page
    std::string_view level;   // style class of the page
};

// A state that this program does not know is not seen.
AnswerWords answer_words(v1::SupportAnswer::State state);

// "8 questions, 3 answers not seen, 2 ask a person"
std::string ticket_summary(const v1::SupportAnswers& support);
// The question, or its id where it has no words.
std::string question_words(const v1::SupportQuestion& question);

}  // namespace preflight::readiness::render
