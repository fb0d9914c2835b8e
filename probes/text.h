// Text: small questions about text that several readers of configuration ask.
#pragma once

#include <string_view>
#include <vector>

#include "probes/plain_text.h"

namespace preflight::probes {

constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

// Without blanks and line ends around it.
std::string_view trimmed(std::string_view text);

// The words between blanks and line ends.
std::vector<std::string_view> words_of(std::string_view text);

}  // namespace preflight::probes
