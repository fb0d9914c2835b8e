// Summary: the words of a report that the text and the page share. Everything returned is visible text
// (visible.h), not yet escaped for a page. Pure functions.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/report.pb.h"

namespace preflight::readiness::render {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

// "1 node", "2 nodes"
std::string plural(std::size_t count, std::string_view one, std::string_view many);

struct LevelWords {
    v1::Level level;
    std::string_view one;      // "blocker"
    std::string_view many;     // "blockers"
    std::string_view heading;  // "Blockers"
    std::string_view mark;     // one ASCII character, so that a level is never told by colour alone
    std::string_view sign;     // the same for a page
    bool short_form = false;   // one line for each verdict: nobody needs to act
};

// The levels as the report shows them, worst first.
std::span<const LevelWords> level_words();
// A level that this program does not know counts as unknown: it must not get lost.
const LevelWords& words_of(v1::Level level);

// In the report's order, without those that persons accepted (acceptances.h).
std::vector<const v1::Verdict*> verdicts_of(const v1::Report& report, v1::Level level);

// "No fresh backup (backup.fresh)"; the check's id alone where it has no title.
std::string title_of(const v1::Verdict& verdict);

// "Can this instance go from 18.11.4 to 19.3.0?"
std::string question(const v1::Report& report);
// "NOT READY". An outcome that this program does not know is CANNOT SAY.
std::string_view answer(v1::Report::Outcome outcome);
std::string_view answer(const v1::Report& report);
// "3 blockers, 2 unknown, 1 ready, 1 accepted"; levels without a verdict are left out.
std::string counts(const v1::Report& report);
std::vector<std::string> count_parts(const v1::Report& report);
// What the answer means for tonight, in a sentence or two.
std::string meaning(const v1::Report& report);

// "Based on 9 nodes, inspected … to …."
std::string basis(const v1::Report& report);

// What the hop is: "required stop", "target".
std::string hop_role(const v1::Report& report, int index);
// Why it is there; empty when nothing is known to say.
std::string hop_reason(const v1::Hop& hop);
// Why the path has no hops.
std::string no_path(const v1::Report& report);

std::string_view state_words(v1::EndpointCoverage::State state);  // "covered"
std::string version_words(const v1::ReportNode& node);            // "18.11.4 EE"

// What the report was made with, and when: tool, knowledge and its horizon, time.
std::vector<std::string> footer(const v1::Report& report);

// The endpoints nobody answers for first: they are why one looks.
std::vector<const v1::EndpointCoverage*> endpoints_of(const v1::Report& report);

// The items as visible text.
std::vector<std::string> visible_all(const Texts& texts);

}  // namespace preflight::readiness::render
