// RubyNumber: what a number comes to, as Ruby and JSON write it.
#pragma once

#include <optional>
#include <string_view>

namespace preflight::probes {

// "42", "-1", "0644" (octal), "0o644", "0x1a4", "0b101", "0d9", "1.5", "1e3"; underscores are out already.
// Nothing for any other, and for an integer beyond 64 bits.
std::optional<long double> ruby_number(std::string_view literal);

// Whether both are numbers, and the same one but for the rounding of a fraction.
bool same_number(std::string_view one, std::string_view other);

}  // namespace preflight::probes
