// Acceptances: what persons answer for, for reading: verdicts that do not count, and acceptances that lost
// their force. Everything returned as text is visible (visible.h). Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/report.pb.h"

namespace preflight::readiness::render {

inline bool is_accepted(const v1::Verdict& verdict) { return !verdict.waived_by().empty(); }

// In the report's order.
std::vector<const v1::Verdict*> accepted_verdicts(const v1::Report& report);

// Who accepts the verdict, why and until when: "w-7: Jo Doe, rehearsed on staging, until …".
std::string acceptance_words(const v1::Report& report, const v1::Verdict& verdict);

// Somebody counts on these, and must not: expired, void, refused, or in a state that this program does not
// know.
std::vector<const v1::AcceptanceUse*> lost_acceptances(const v1::Report& report);
// In force, and no verdict names them: attestations above all.
std::vector<const v1::AcceptanceUse*> attested(const v1::Report& report);
// Without effect here, and nobody is misled: for another target or time, or with nothing to accept.
std::vector<const v1::AcceptanceUse*> idle_acceptances(const v1::Report& report);

// Is there any of these three? Then the report has a part for them.
bool has_accepted(const v1::Report& report);

std::string_view state_words(v1::AcceptanceUse::State state);  // "EXPIRED"
// "w-7: <detail>"
std::string acceptance_words(const v1::AcceptanceUse& use);

// "2 acceptances are no longer in force"
std::string lost_heading(std::size_t count);
inline constexpr std::string_view lost_meaning =
    "What they stood for counts as if nobody had answered for it.";

}  // namespace preflight::readiness::render
