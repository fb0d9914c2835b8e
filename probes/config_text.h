// ConfigText: small cuts of configuration text that several readers share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/text.h"

namespace preflight::probes {

std::string in_lower_case(std::string_view text);

// The parts between the separators, trimmed, without empty ones.
std::vector<std::string_view> split(std::string_view text, std::string_view separators);

// The next line without its end, cut off the front of `text`; nothing when the text is used up.
std::optional<std::string_view> next_line(std::string_view& text);

// Whether any line is more than a comment: a rendered file that says nothing at all is torn.
bool holds_settings(std::string_view text);

// The whole text as a decimal number; nothing when it is not one.
std::optional<std::uint64_t> number_in(std::string_view text);

}  // namespace preflight::probes
