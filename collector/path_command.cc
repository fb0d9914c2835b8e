#include <algorithm>
#include <memory>

#include "collector/command_line.h"
#include "collector/exit_status.h"
#include "collector/judging.h"
#include "collector/knowledge_in_use.h"
#include "collector/presenting.h"
#include "readiness/path_answer.h"

namespace preflight::collector {
namespace {

struct PathOptions {
    std::filesystem::path config;
    std::filesystem::path knowledge;
    std::string from;
    std::string to;
    std::string edition;
    std::string to_edition;
    std::string format = "text";
    PresentingOptions presenting;
};

// What runs is one version, and its patch decides whether it may serve as a stop.
readiness::Version running_version(const std::string& text) {
    const auto version = readiness::parse_target(text);
    if (!version || std::ranges::count(text, '.') != 2)
        throw UsageError{"--from " + text + " is not a whole GitLab version; write it as 18.11.4"};
    return *version;
}

int status_of(const v1::PathAnswer& answer) {
    if (answer.answer() == v1::PathAnswer::FOUND) return all_well;
    return answer.answer() == v1::PathAnswer::REFUSED ? refused : cannot_say;
}

int run(const PathOptions& options) {
    const auto knowledge = knowledge_in_use(settings_of(options.config), options.knowledge);
    const readiness::PathQuestion question{running_version(options.from),
                                           target_of(options.to, knowledge, "--to"),
                                           edition_of(options.edition), edition_of(options.to_edition)};
    const auto answer = readiness::answer(question, knowledge);
    const auto text = options.format == "json" ? readiness::json_of(answer)
                                               : readiness::render_text(answer, style_of(options.presenting));
    return put(text, options.presenting) ? status_of(answer) : cannot_write;
}

}  // namespace

void add_path_command(CLI::App& program, int& status) {
    auto* command = program.add_subcommand("path",
                                           "Tell the hops from one version to another, without any node. "
                                           "Exit status: 0 told, 2 refused, 3 cannot say");
    auto options = std::make_shared<PathOptions>();
    command->add_option("--from", options->from, "Version that runs")->type_name("VERSION")->required();
    command->add_option("--to", options->to, "Version to upgrade to: 19.2.4, 19.2 or latest")
        ->type_name("VERSION")
        ->required();
    auto* edition = add_edition_option(*command, "--edition", options->edition, "Edition that runs");
    add_edition_option(*command, "--to-edition", options->to_edition,
                       "Edition to become, where it is to change")
        ->needs(edition);
    add_format_option(*command, options->format, {"text", "json"});
    add_config_option(*command, options->config);
    add_knowledge_option(*command, options->knowledge);
    add_presenting_options(*command, options->presenting);
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace preflight::collector
