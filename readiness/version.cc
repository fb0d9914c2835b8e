#include "readiness/version.h"

#include <array>
#include <charconv>

namespace preflight::readiness {
namespace {

constexpr int largest_number = 9999;

// Takes a number of one to four digits from the front of `text`.
std::optional<int> take_number(std::string_view& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0 || number > largest_number || text.front() == '-') return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

// "19.2" or "19.2.1" from the front of `text`; of fewer fields than `fewest` it is none.
std::optional<Version> take_version(std::string_view& text, std::size_t fewest = 2) {
    std::array<int, 3> numbers{};
    for (std::size_t field = 0; field < numbers.size(); ++field) {
        if (field > 0 && !take(text, '.')) {
            if (field >= fewest) break;
            return {};
        }
        const auto number = take_number(text);
        if (!number) return {};
        numbers.at(field) = *number;
    }
    return Version{numbers[0], numbers[1], numbers[2]};
}

// A suffix is a word of its own: "19.2.1-ee.0", "19.2.1+rnightly", "13.0.0.pre", "19.2.1~rc1"; not "19.2x".
bool ends_version(std::string_view rest) {
    return rest.empty() || std::string_view("-+~._ \n").find(rest.front()) != std::string_view::npos;
}

}  // namespace

std::string Version::text() const { return minor_text() + "." + std::to_string(patch); }

std::string Version::minor_text() const { return std::to_string(major) + "." + std::to_string(minor); }

std::optional<Version> parse_version(std::string_view text) {
    take(text, 'v');
    const auto version = take_version(text);
    return ends_version(text) ? version : std::nullopt;
}

std::optional<Version> parse_server_version(std::string_view text) {
    const auto version = take_version(text, 1);
    return ends_version(text) ? version : std::nullopt;
}

std::optional<Version> parse_target(std::string_view text) {
    const auto version = take_version(text);
    return version && text.empty() ? version : std::nullopt;
}

}  // namespace preflight::readiness
