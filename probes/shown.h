// Shown: text of the node made fit to stand in a finding.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace preflight::probes {

// What is no plain character (a control character, a byte that is not UTF-8) becomes '?', and what is longer
// than the limit is cut. A message with invalid UTF-8 could not be sent at all.
std::string shown(std::string_view text, std::size_t limit_bytes = 256);

// The first line of a small file, trimmed and shown.
std::string first_line_shown(std::string_view text, std::size_t limit_bytes = 256);

}  // namespace preflight::probes
