#include "collector/command_line.h"

#include <fmt/core.h>

#include <exception>

#include "collector/exit_status.h"
#include "model/standard_output.h"
#include "readiness/render/visible.h"

namespace preflight::collector {
namespace {

constexpr auto program_name = "gitlab-preflight-collector";

void add_version_command(CLI::App& program, int& status) {
    program.add_subcommand("version", "Print the version")->callback([&status] {
        fmt::print("{} {}\n", program_name, PREFLIGHT_VERSION);
        status = all_well;
    });
}

constexpr void (*commands[])(CLI::App&, int&) = {
    add_serve_command, add_inspect_command, add_report_command, add_path_command,      add_diff_command,
    add_waive_command, add_attest_command,  add_nodes_command,  add_knowledge_command, add_version_command};

int complain_of_usage(const CLI::App& program, const std::string& what) {
    const auto chosen = program.get_subcommands();
    const auto command = chosen.empty() ? std::string() : chosen.front()->get_name() + " ";
    complain(fmt::format("{}; see {} {}--help", what, program_name, command));
    return wrong_usage;
}

// CLI11's own words, but for a command that is missing or unknown.
std::string in_words(const CLI::App& program, const CLI::ParseError& error, int argc,
                     const char* const* argv) {
    if (!program.get_subcommands().empty()) return error.what();
    constexpr auto commands_are =
        "the commands are serve, inspect, report, path, diff, waive, attest, nodes, knowledge and version";
    if (argc < 2) return fmt::format("a command is missing; {}", commands_are);
    return fmt::format("{} is not a command; {}", argv[1], commands_are);
}

// The status of a program that ran well: what it printed must have arrived.
int having_printed(int status) {
    if (standard_output_arrived()) return status;
    complain("standard output cannot be written");
    return cannot_write;
}

}  // namespace

void add_config_option(CLI::App& command, std::filesystem::path& config) {
    command.add_option("--config", config, "Settings file")->type_name("FILE");
}

void add_store_option(CLI::App& command, std::filesystem::path& store) {
    command.add_option("--store", store, "Store, instead of the settings'")->type_name("FILE");
}

void add_knowledge_option(CLI::App& command, std::filesystem::path& directory) {
    command
        .add_option("--knowledge", directory,
                    "Entries that override the built-in knowledge, instead of the settings'")
        ->type_name("DIR");
}

void add_acceptances_option(CLI::App& command, std::filesystem::path& acceptances) {
    command.add_option("--acceptances", acceptances, "Waivers and attestations, instead of the settings'")
        ->type_name("FILE");
}

std::string line_of(const Problem& problem) { return problem.source + ": " + problem.detail; }

void complain(std::string_view text) {
    fmt::print(stderr, "{}: {}\n", program_name, readiness::render::visible(text));
}

int complain_of(const Problem& problem) {
    complain(line_of(problem));
    const bool is_read = problem.cause == v1::Gap::MALFORMED || problem.cause == v1::Gap::TOO_LARGE;
    return is_read ? wrong_data : no_input;
}

Settings settings_of(const std::filesystem::path& config) {
    auto settings = load_settings(config);
    if (!settings) throw UsageError{line_of(settings.error())};
    return std::move(*settings);
}

int run_command_line(int argc, const char* const* argv) {
    CLI::App program(
        "Takes what GitLab Preflight's agents found and says whether the instance may be upgraded.",
        program_name);
    program.require_subcommand(1);
    int status = our_bug;
    try {
        for (const auto add : commands) add(program, status);
        program.parse(argc, argv);
        return having_printed(status);
    } catch (const CLI::Success& success) {  // --help
        return having_printed(program.exit(success));
    } catch (const CLI::ParseError& error) {
        return complain_of_usage(program, in_words(program, error, argc, argv));
    } catch (const UsageError& error) {
        return complain_of_usage(program, error.what);
    } catch (const DataError& error) {
        complain(error.what);
        return wrong_data;
    } catch (const std::exception& error) {
        complain(fmt::format("a bug of ours, please report it: {}", error.what()));
        return our_bug;
    }
}

}  // namespace preflight::collector
