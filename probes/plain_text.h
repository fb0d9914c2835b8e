// PlainText: whether bytes are text that a message may carry or a parser of lines may read.
#pragma once

#include <string_view>

namespace preflight::probes {

// Well-formed UTF-8 without NUL bytes.
bool is_plain_text(std::string_view bytes);

// Plain text on one line, without control characters: what a file name must be to stand in a finding.
bool is_plain_line(std::string_view bytes);

}  // namespace preflight::probes
