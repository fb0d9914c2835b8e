// Utf8: text from a node is bytes that anyone may have written; messages carry valid UTF-8 alone.
#pragma once

#include <string>
#include <string_view>

namespace preflight {

bool is_valid_utf8(std::string_view bytes);

// Each byte that is part of no valid sequence becomes U+FFFD.
std::string valid_utf8(std::string_view bytes);

}  // namespace preflight
