#include "readiness/render/shell.h"

#include <fmt/format.h>

#include <algorithm>

#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_plain(std::string_view argument) {
    constexpr std::string_view harmless = "_-./:=@%+,";
    return !argument.empty() && std::all_of(argument.begin(), argument.end(), [&](char c) {
        return is_alphanumeric(c) || harmless.find(c) != std::string_view::npos;
    });
}

std::string in_single_quotes(std::string_view argument) {
    std::string word = "'";
    for (const char c : argument) {
        if (c == '\'') {
            word += "'\\''";
        } else {
            word += c;
        }
    }
    return word + "'";
}

// Every byte but plain printable ASCII as \xNN, so that the shown word needs nothing made visible.
std::string in_escaped_quotes(std::string_view argument) {
    std::string word = "$'";
    for (const char c : argument) {
        const bool printable = c >= ' ' && c <= '~' && c != '\'' && c != '\\';
        if (printable) {
            word += c;
        } else {
            word += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        }
    }
    return word + "'";
}

}  // namespace

std::string shell_word(std::string_view argument) {
    if (is_plain(argument)) return std::string(argument);
    if (visible(argument) != argument) return in_escaped_quotes(argument);
    return in_single_quotes(argument);
}

std::vector<std::string> shell_words(const v1::Command& command) {
    std::vector<std::string> words;
    for (const auto& argument : command.argv()) words.push_back(shell_word(argument));
    return words;
}

std::string shell_line(const v1::Command& command) {
    return fmt::format("{}", fmt::join(shell_words(command), " "));
}

}  // namespace preflight::readiness::render
