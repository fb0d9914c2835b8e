// Base64: the bytes behind a text of base64, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace preflight::probes {

// Blanks and line ends are passed over. Nothing when it is no base64, whole and padded.
std::optional<std::string> from_base64(std::string_view text);

std::string to_base64(std::string_view bytes);

}  // namespace preflight::probes
