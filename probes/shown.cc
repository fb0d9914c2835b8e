#include "probes/shown.h"

#include <algorithm>

#include "probes/plain_text.h"
#include "probes/text.h"

namespace preflight::probes {
namespace {

// Length of the plain character at the start of `text`; 0 when there is none.
std::size_t character_length(std::string_view text) {
    for (std::size_t length = 1; length <= std::min<std::size_t>(4, text.size()); ++length) {
        if (is_plain_line(text.substr(0, length))) return length;
    }
    return 0;
}

}  // namespace

std::string shown(std::string_view text, std::size_t limit_bytes) {
    std::string result;
    while (!text.empty()) {
        const auto length = character_length(text);
        const auto bytes = std::max<std::size_t>(length, 1);
        if (result.size() + bytes > limit_bytes) break;
        result += length == 0 ? "?" : text.substr(0, length);
        text.remove_prefix(bytes);
    }
    return result;
}

std::string first_line_shown(std::string_view text, std::size_t limit_bytes) {
    return shown(trimmed(text.substr(0, text.find('\n'))), limit_bytes);
}

}  // namespace preflight::probes
