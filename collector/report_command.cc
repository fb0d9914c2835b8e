#include <algorithm>
#include <memory>

#include "collector/command_line.h"
#include "collector/exit_status.h"
#include "collector/judging.h"
#include "collector/presenting.h"
#include "readiness/judge.h"
#include "readiness/knowledge.h"
#include "readiness/render/render.h"
#include "readiness/what_if.h"

namespace preflight::collector {
namespace {

constexpr int what_if_limit = 12;

struct ReportOptions {
    JudgingOptions judging;
    std::vector<std::string> what_if;
    std::string format = "text";
    bool full = false;
    std::vector<std::string> sections;
    PresentingOptions presenting;
};

// Brief unless more is asked for.
readiness::TextStyle report_style(const ReportOptions& options) {
    auto style = style_of(options.presenting);
    style.brief = !options.full;
    for (const auto& [name, part] : readiness::text_parts()) {
        if (std::ranges::find(options.sections, name) != options.sections.end()) style.only.push_back(part);
    }
    return style;
}

std::string render(const v1::Report& report, const ReportOptions& options) {
    if (options.format == "json") return readiness::render_json(report);
    if (options.format == "html") return readiness::render_html(report);
    if (options.format == "markdown") return readiness::render_markdown(report);
    return readiness::render_text(report, report_style(options));
}

std::string render(const v1::WhatIf& what_if, const ReportOptions& options) {
    if (options.format == "json") return readiness::json_of(what_if);
    return readiness::render_text(what_if, style_of(options.presenting));
}

int compare(const Judging& judging, const ReportOptions& options) {
    std::vector<readiness::Version> targets;
    targets.reserve(options.what_if.size());
    for (const auto& text : options.what_if)
        targets.push_back(target_of(text, judging.knowledge, "--what-if"));
    const auto what_if = readiness::what_if(judging.fleet, judging.upgrade, targets, judging.knowledge);
    return put(render(what_if, options), options.presenting) ? readiness::exit_status(what_if) : cannot_write;
}

// The first of several targets stands for --target, which is then not asked for.
JudgingOptions judging_options(const ReportOptions& options) {
    auto judging = options.judging;
    if (!options.sections.empty() && options.format != "text")
        throw UsageError{"--section is for the format text; the others are whole"};
    if (options.what_if.empty()) {
        if (judging.target.empty()) throw UsageError{"--target is required"};
        return judging;
    }
    if (options.format != "text" && options.format != "json")
        throw UsageError{"--what-if has the formats text and json"};
    // Whether they are versions does not depend on what is known of them.
    for (const auto& text : options.what_if) target_of(text, readiness::built_in_knowledge(), "--what-if");
    judging.target = options.what_if.front();
    return judging;
}

int run(const ReportOptions& options) {
    const auto judging = judging_of(judging_options(options));
    if (!judging) {
        complain("cannot say: the store " + line_of(judging.error()));
        return cannot_say;
    }
    if (!options.what_if.empty()) return compare(*judging, options);
    const auto report = readiness::judge(judging->fleet, judging->upgrade, judging->knowledge);
    return put(render(report, options), options.presenting) ? readiness::exit_status(report.outcome())
                                                            : cannot_write;
}

CLI::Option* add_section_option(CLI::App& command, std::vector<std::string>& sections) {
    std::vector<std::string> names;
    for (const auto& [name, part] : readiness::text_parts()) names.emplace_back(name);
    std::string listed;
    for (const auto& name : names) listed += (listed.empty() ? "" : ", ") + name;
    return command.add_option("--section", sections, "Of the text only these parts, whole: " + listed)
        ->type_name("PART,PART")
        ->delimiter(',')
        ->check(CLI::IsMember(names).description(""));
}

void add_options(CLI::App& command, ReportOptions& options) {
    auto* target = add_judging_options(command, options.judging);
    auto* what_if =
        command.add_option("--what-if", options.what_if, "Versions to compare, instead of --target");
    what_if->type_name("VERSION,VERSION")->delimiter(',')->expected(1, what_if_limit)->excludes(target);
    add_format_option(command, options.format, {"text", "json", "html", "markdown"});
    auto* full = command.add_flag("--full", options.full, "All of it in text, not what one decides by alone");
    full->disable_flag_override();
    add_section_option(command, options.sections)->excludes(full)->excludes(what_if);
    add_presenting_options(command, options.presenting);
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
