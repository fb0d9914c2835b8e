#include "probes/text.h"

#include <algorithm>

namespace preflight::probes {
namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

}  // namespace

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (auto first = text.find_first_not_of(blanks); first != std::string_view::npos;
         first = text.find_first_not_of(blanks)) {
        text.remove_prefix(first);
        const auto end = std::min(text.find_first_of(blanks), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

}  // namespace preflight::probes
