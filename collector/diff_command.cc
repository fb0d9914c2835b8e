#include <memory>

#include "collector/command_line.h"
#include "collector/exit_status.h"
#include "collector/presenting.h"
#include "collector/report_file.h"
#include "readiness/difference.h"

namespace preflight::collector {
namespace {

struct DiffOptions {
    std::filesystem::path before;
    std::filesystem::path after;
    std::string format = "text";
    PresentingOptions presenting;
};

int run(const DiffOptions& options) {
    const auto before = load_report(options.before);
    if (!before) return complain_of(before.error());
    const auto after = load_report(options.after);
    if (!after) return complain_of(after.error());
    const auto differences = readiness::difference_of(*before, *after);
    const auto text = options.format == "json"
                          ? readiness::json_of(differences)
                          : readiness::render_text(differences, style_of(options.presenting));
    if (!put(text, options.presenting)) return cannot_write;
    const bool alike =
        differences.differences().empty() && differences.path().empty() && differences.plan().empty();
    return alike ? all_well : differences_found;
}

}  // namespace

void add_diff_command(CLI::App& program, int& status) {
    auto* command = program.add_subcommand(
        "diff",
        "Say what two reports in JSON say differently. Exit status: 0 nothing, 1 something, 65 no report,"
        " 66 no file");
    auto options = std::make_shared<DiffOptions>();
    command->add_option("BEFORE", options->before, "Report of before")->type_name("")->required();
    command->add_option("AFTER", options->after, "Report of after")->type_name("")->required();
    add_format_option(*command, options->format, {"text", "json"});
    add_presenting_options(*command, options->presenting);
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace preflight::collector
