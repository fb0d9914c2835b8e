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
    command.add_flag("--no-colour,--no-color", options.no_colour, "No colour, also on a terminal")
        ->disable_flag_override();
}

void add_format_option(CLI::App& command, std::string& format, const std::vector<std::string>& formats) {
    std::string listed = formats.front();
    for (std::size_t i = 1; i < formats.size(); ++i)
        listed += (i + 1 == formats.size() ? " or " : ", ") + formats[i];
    command.add_option("--format", format, listed)
        ->type_name("FORMAT")
        ->check(CLI::IsMember(formats).description(""))
        ->capture_default_str();
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
        if (!written) complain(line_of(written.error()));
        return written.has_value();
    }
    std::fwrite(text.data(), 1, text.size(), stdout);  // the program's end asks whether it arrived
    return true;
}

}  // namespace preflight::collector
