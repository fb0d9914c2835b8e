#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include "collector/command_line.h"
#include "collector/exit_status.h"
#include "collector/output_file.h"
#include "collector/store.h"
#include "model/clock.h"
#include "readiness/judge.h"
#include "readiness/knowledge.h"
#include "readiness/path.h"
#include "readiness/render/render.h"

namespace preflight::collector {
namespace {

constexpr int narrowest_columns = 40;
constexpr int widest_columns = 400;

struct ReportOptions {
    std::filesystem::path config;
    std::string target;
    std::string format = "text";
    std::filesystem::path output;
    std::string as_of;
    std::filesystem::path store;
    std::optional<int> backup_age_hours;
    std::vector<std::string> external;
    std::vector<std::string> expected_nodes;
    std::filesystem::path knowledge;
    std::optional<int> width;
    bool no_colour = false;
};

// "19.2" means the newest patch of it that is known.
readiness::Version target_of(const std::string& text, const v1::Knowledge& knowledge) {
    const auto target = readiness::parse_target(text);
    if (!target) throw UsageError{"--target " + text + " is not a GitLab version; write it as 19.2.0"};
    const bool has_patch = std::ranges::count(text, '.') == 2;
    return has_patch ? *target : readiness::newest_patch(*target, knowledge).value_or(*target);
}

readiness::Upgrade upgrade_of(const ReportOptions& options, const Settings& settings,
                              const v1::Knowledge& knowledge) {
    readiness::Upgrade upgrade;
    upgrade.target = target_of(options.target, knowledge);
    upgrade.at = now();
    if (!options.as_of.empty()) {
        const auto at = from_iso8601(options.as_of);
        if (!at)
            throw UsageError{"--as-of " + options.as_of + " is not a time; write it as 2026-08-21T02:00:00Z"};
        upgrade.at = *at;
    }
    upgrade.backup_age_limit = settings.backup_age;
    if (options.backup_age_hours) upgrade.backup_age_limit = std::chrono::hours(*options.backup_age_hours);
    upgrade.inspection_age_limit = settings.inspection_age;
    upgrade.external = settings.external;
    upgrade.external.insert(upgrade.external.end(), options.external.begin(), options.external.end());
    upgrade.expected_nodes = settings.expected_nodes;
    upgrade.expected_nodes.insert(upgrade.expected_nodes.end(), options.expected_nodes.begin(),
                                  options.expected_nodes.end());
    return upgrade;
}

v1::Knowledge knowledge_of(const ReportOptions& options) {
    if (options.knowledge.empty()) return readiness::built_in_knowledge();
    auto knowledge = readiness::load_knowledge(options.knowledge);
    if (!knowledge) {
        throw UsageError{"--knowledge: " + knowledge.error().source + ": " + knowledge.error().detail};
    }
    return std::move(*knowledge);
}

readiness::TextStyle style_of(const ReportOptions& options) {
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

std::string render(const v1::Report& report, const ReportOptions& options) {
    if (options.format == "json") return readiness::render_json(report);
    if (options.format == "html") return readiness::render_html(report);
    return readiness::render_text(report, style_of(options));
}

bool put(const std::string& text, const std::filesystem::path& output) {
    if (!output.empty()) {
        const auto written = write_file(output, text);
        if (!written) complain(written.error().source + ": " + written.error().detail);
        return written.has_value();
    }
    const bool written =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (!written) complain("standard output cannot be written");
    return written;
}

int run(const ReportOptions& options) {
    const auto settings = settings_of(options.config);
    const auto knowledge = knowledge_of(options);
    const auto upgrade = upgrade_of(options, settings, knowledge);
    const auto store =
        Store::open(options.store.empty() ? settings.store : options.store, Store::Mode::read_only);
    const auto fleet = store ? store->fleet() : Result<readiness::Fleet>(store.error());
    if (!fleet) {
        complain(fmt::format("cannot say: the store {}: {}", fleet.error().source, fleet.error().detail));
        return cannot_say;
    }
    const auto report = readiness::judge(*fleet, upgrade, knowledge);
    return put(render(report, options), options.output) ? readiness::exit_status(report.outcome())
                                                        : cannot_write;
}

void add_options(CLI::App& command, ReportOptions& options) {
    command.add_option("--target", options.target, "Version to upgrade to")->type_name("VERSION")->required();
    command.add_option("--format", options.format, "text, json or html")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"text", "json", "html"}).description(""))
        ->capture_default_str();
    command.add_option("--output", options.output, "Write there instead of to standard output")
        ->type_name("FILE");
    command.add_option("--as-of", options.as_of, "Judge as at this time instead of now")->type_name("TIME");
    command.add_option("--config", options.config, "Settings file")->type_name("FILE");
    command.add_option("--store", options.store, "Store, instead of the settings'")->type_name("FILE");
    command
        .add_option("--backup-age", options.backup_age_hours,
                    "A backup may be so old, instead of the settings'")
        ->type_name("HOURS")
        ->check(CLI::Range(1, 8784).description(""));
    command
        .add_option("--external", options.external, "A service that is no node of the fleet; may be repeated")
        ->type_name("HOST:PORT")
        ->take_all();
    command.add_option("--expect", options.expected_nodes, "A node that must report; may be repeated")
        ->type_name("NODE")
        ->take_all();
    command.add_option("--knowledge", options.knowledge, "Use these data instead of the built-in ones")
        ->type_name("DIR");
    command.add_option("--width", options.width, "Columns of the text")
        ->type_name("COLUMNS")
        ->check(CLI::Range(narrowest_columns, widest_columns).description(""));
    command.add_flag("--no-colour,--no-color", options.no_colour, "No colour, also on a terminal");
}

}  // namespace

void add_report_command(CLI::App& program, int& status) {
    auto* command = program.add_subcommand(
        "report",
        "Say whether the instance may be upgraded. Exit status: 0 ready, 1 with conditions, 2 not ready,"
        " 3 cannot say");
    auto options = std::make_shared<ReportOptions>();
    add_options(*command, *options);
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace preflight::collector
