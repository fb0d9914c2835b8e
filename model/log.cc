#include "model/log.h"

#include <fmt/core.h>
#include <unistd.h>

namespace preflight {

Log Log::with(std::string_view field, std::string_view value) const {
    Log log = *this;
    log.fields_ += fmt::format("{}={} ", field, value);
    return log;
}

void Log::write(Priority priority, std::string_view text) const {
    const auto prefix =
        ::isatty(STDERR_FILENO) != 0 ? std::string() : fmt::format("<{}>", static_cast<int>(priority));
    auto line = fmt::format("{}{}{}", prefix, fields_, text);
    // One event is one line: what came from outside must not forge another.
    for (auto& character : line) {
        if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f) character = ' ';
    }
    line += '\n';
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace preflight
