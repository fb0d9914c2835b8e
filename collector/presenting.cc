#include "collector/presenting.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "collector/command_line.h"
#include "collector/output_file.h"

namespace preflight::collector {
namespace {

constexpr int narrowest_columns = 40;
constexpr int widest_columns = 400;

}  // namespace

void add_presenting_options(CLI::App& command, PresentingOptions& options) {
    command.add_option("--output", options.output, "Write there instead of to standard output")
        ->type_name("FILE");
    command.add_option("--width", options.width, "Columns of the text")
        ->type_name("COLUMNS")
        ->check(CLI::Range(narrowest_columns, widest_columns).description(""));
    command.add_flag("--no-colour,--no-color", options.no_colour, "No colour, also on a terminal");
}

readiness::TextStyle style_of(const PresentingOptions& options) {
    readiness::TextStyle style;
    const bool terminal = options.output.empty() && ::isatty(STDOUT_FILENO) != 0;
    winsize window{};
    if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col >= narrowest_columns) {
        style.width = std::min<int>(window.ws_col, widest_columns);
    }
    if (options.width) style.width = *options.width;
    // https://no-color.org: set and not empty means no colour. A terminal without TERM, or a dumb one, has
    // none.
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string_view(value == nullptr ? "" : value);
    };
    const auto kind = variable("TERM");
    style.colour =
        terminal && !options.no_colour && variable("NO_COLOR").empty() && !kind.empty() && kind != "dumb";
    return style;
}

bool put(const std::string& text, const PresentingOptions& options) {
    if (!options.output.empty()) {
        const auto written = write_file(options.output, text);
        if (!written) complain(written.error().source + ": " + written.error().detail);
        return written.has_value();
    }
    const bool written =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (!written) complain("standard output cannot be written");
    return written;
}

}  // namespace preflight::collector
