// Verdict: how checks write what they say. Text that an administrator may want to change (title, consequence,
// remedy) comes from the knowledge by check id and case; see judge.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/report.pb.h"
#include "readiness/fleet.h"

namespace preflight::readiness {

// Marks what is measured anew each time (free bytes, a lag, an age) within a text for verdict() or about():
// it is shown, and is not what a waiver hangs on. For nothing else: the mark is no text.
std::string passing(std::string_view measured);

// A verdict of level `level`, case `key`, about no node yet.
v1::Verdict verdict(v1::Level level, std::string_view key, std::string_view summary);

// Says that the verdict is about this node, and what was found where. Equal verdicts of several nodes are one
// line in the report: judge() joins those with the same check, key, level and summary.
void about(v1::Verdict& verdict, const FleetNode& node);
void about(v1::Verdict& verdict, const FleetNode& node, const v1::Finding& finding, std::string_view what);
// The same for what this probe did not see: its gaps are the evidence, or that it said nothing.
void about_unseen(v1::Verdict& verdict, const FleetNode& node, std::string_view probe);

// The same for what the inspection as a whole shows, above all that something is not in it.
void about_inspection(v1::Verdict& verdict, const FleetNode& node, std::string_view what);

// Keeps the verdict if it is about any node.
void keep(std::vector<v1::Verdict>& verdicts, v1::Verdict verdict);

// At most this much of a text that came from a node, cut between characters, "…" where it was cut.
std::string clipped(std::string_view text, std::size_t limit_bytes = 300);
// "1 node", "3 nodes".
std::string counted(std::size_t count, std::string_view noun);
// "a, b, c".
std::string listed(const std::vector<std::string>& words);
// Of many only the first: "a, b and 12 more".
std::string listed_first(const std::vector<std::string>& words, std::size_t limit = 10);
// "512 B", "3.5 GiB".
std::string size_text(std::uint64_t bytes);

}  // namespace preflight::readiness
