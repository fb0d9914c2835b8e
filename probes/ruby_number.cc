#include "probes/ruby_number.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "probes/config_text.h"

namespace preflight::probes {
namespace {

constexpr long double rounding = 4 * std::numeric_limits<double>::epsilon();

std::optional<long double> integer(std::string_view digits, int base) {
    std::uint64_t value = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
    if (error != std::errc() || stop != end) return std::nullopt;
    return static_cast<long double>(value);
}

std::optional<long double> fraction(std::string_view digits) {
    double value = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

int base_of(char letter) {
    switch (letter) {
        case 'x':
        case 'X':
            return 16;
        case 'b':
        case 'B':
            return 2;
        case 'o':
        case 'O':
            return 8;
        case 'd':
        case 'D':
            return 10;
        default:
            return 0;
    }
}

}  // namespace

std::optional<long double> ruby_number(std::string_view literal) {
    if (literal.starts_with('-')) {
        const auto positive = literal.starts_with("--") ? std::nullopt : ruby_number(literal.substr(1));
        return positive ? std::optional(-*positive) : std::nullopt;
    }
    if (literal.empty() || !is_digit(literal.front())) return std::nullopt;
    if (literal.size() > 1 && literal[0] == '0') {
        if (const int base = base_of(literal[1]); base != 0) return integer(literal.substr(2), base);
        if (is_digit(literal[1])) return integer(literal.substr(1), 8);
    }
    if (literal.find_first_of(".eE") != std::string_view::npos) return fraction(literal);
    return integer(literal, 10);
}

bool same_number(std::string_view one, std::string_view other) {
    const auto first = ruby_number(one);
    const auto second = ruby_number(other);
    if (!first || !second) return false;
    if (*first == *second) return true;
    const bool whole = std::floor(*first) == *first && std::floor(*second) == *second;
    return !whole && std::fabs(*first - *second) <= rounding * std::fabs(*first);
}

}  // namespace preflight::probes
