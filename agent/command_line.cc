#include "agent/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "model/default_port.h"
#include "probes/catalog.h"

namespace preflight::agent {
namespace {

constexpr int usage = 64;

struct RunOptions {
    std::string file;
    std::string collector;
    std::string spool;
    std::string root;
    std::optional<std::string> account;
    int every_minutes = 0;
};

CommandLine run_command(const RunOptions& options, RunCommand command) {
    const bool named = !options.file.empty();
    const std::filesystem::path file = named ? options.file : default_settings_file;
    auto loaded = load_settings(file);
    if (loaded || named || loaded.error().cause != v1::Gap::ABSENT) {
        if (!loaded)
            return Leave{usage, "", fmt::format("{}: {}", loaded.error().source, loaded.error().detail)};
        command.settings = *loaded;
    } else {
        command.settings.collector.port = default_collector_port;
    }
    if (!options.collector.empty()) {
        const auto address = parse_address(options.collector, default_collector_port);
        if (!address) {
            return Leave{usage, "",
                         fmt::format("--collector must be HOST:PORT, for example 127.0.0.1:{}",
                                     default_collector_port)};
        }
        command.settings.collector = *address;
    }
    if (!options.spool.empty()) command.settings.spool = options.spool;
    if (!options.root.empty()) command.settings.root = options.root;
    if (options.account) command.settings.account = *options.account;
    if (options.every_minutes > 0) command.settings.every = std::chrono::minutes(options.every_minutes);
    if (const auto why = refuse(command.settings); !why.empty()) return Leave{usage, "", why};
    return command;
}

// A misspelled probe must not look like a probe that found nothing.
std::string unknown_probe(const std::vector<std::string>& only) {
    for (const auto& name : only) {
        if (probes::find_probe(name) == nullptr) {
            return fmt::format("there is no probe '{}'; 'gitlab-preflight-agent probes' lists them", name);
        }
    }
    return {};
}

// Whether none of these probes proves anything.
bool proves_nothing(const std::vector<std::string>& only) {
    const auto proves = [](const std::string& name) { return probes::find_probe(name)->proves; };
    return !only.empty() && std::ranges::none_of(only, proves);
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// What was typed, before it is judged.
struct Typed {
    InspectCommand inspect;
    std::string root = "/";
    int limit_seconds = 60;
    std::int64_t proof_seconds = default_proof_limit.count();
    RunOptions run;
    std::string account;
    bool once = false;
    int once_seconds = 120;
};

CLI::App* add_inspect(CLI::App& app, Typed& typed) {
    auto* command = app.add_subcommand("inspect", "Inspects this node once and prints what was found");
    command->add_option("--root", typed.root, "A tree instead of the live machine: a mounted snapshot")
        ->type_name("DIR");
    command->add_option("--format", typed.inspect.format, "text or json")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"text", "json"}).description(""))
        ->capture_default_str();
    command->add_option("--only", typed.inspect.only, "Only these probes")->type_name("PROBE");
    command->add_option("--limit", typed.limit_seconds, "For the whole inspection")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 600).description(""))
        ->capture_default_str();
    auto* proofs = command
                       ->add_flag("--prove-backups", typed.inspect.prove_backups,
                                  "Read the newest backups to their end, which takes long")
                       ->disable_flag_override();
    command->add_option("--proof-limit", typed.proof_seconds, "For --prove-backups")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 86'400).description(""))
        ->capture_default_str()
        ->needs(proofs);
    return command;
}

CLI::App* add_run(CLI::App& app, Typed& typed) {
    const auto positive = CLI::Range(1, 525'600).description("");
    auto* command =
        app.add_subcommand("run", "The service: inspects on start, on schedule and when asked, and delivers");
    command
        ->add_option("--config", typed.run.file,
                     fmt::format("Settings, {} by default", default_settings_file))
        ->type_name("FILE");
    command->add_option("--collector", typed.run.collector, "Where findings go")->type_name("HOST:PORT");
    command->add_option("--spool", typed.run.spool, "Folder for what is not yet delivered")->type_name("DIR");
    command->add_option("--root", typed.run.root, "A tree instead of the live machine")->type_name("DIR");
    command
        ->add_option("--account", typed.account, "Account of the process that owns the network; '' for none")
        ->type_name("NAME");
    command
        ->add_option("--every-minutes", typed.run.every_minutes,
                     "Between two inspections, instead of the settings'")
        ->type_name("MINUTES")
        ->check(positive);
    command->add_flag("--once", typed.once, "Inspect once, deliver, end")->disable_flag_override();
    command->add_option("--once-limit", typed.once_seconds, "What --once may take")
        ->type_name("SECONDS")
        ->check(positive)
        ->capture_default_str();
    return command;
}

CommandLine inspect_command(Typed& typed) {
    if (const auto why = unknown_probe(typed.inspect.only); !why.empty()) return Leave{usage, "", why};
    typed.inspect.root = typed.root;
    typed.inspect.limit = std::chrono::seconds(typed.limit_seconds);
    typed.inspect.proof_limit = std::chrono::seconds(typed.proof_seconds);
    if (typed.inspect.prove_backups && proves_nothing(typed.inspect.only))
        return Leave{usage, "", "--prove-backups needs the probe 'backups' among those of --only"};
    return typed.inspect;
}

constexpr std::string_view command_names = "inspect, run, probes, version";

// The library would only say that a subcommand is required.
std::string wrong_command(int count, const char* const* arguments) {
    const std::string_view first = count > 1 ? arguments[1] : "";
    if (first.empty())
        return fmt::format("say what to do: {}; see 'gitlab-preflight-agent --help'", command_names);
    if (first.starts_with('-') ||
        fmt::format(", {},", command_names).find(fmt::format(" {},", first)) != std::string::npos) {
        return {};
    }
    return fmt::format("there is no command '{}'; there are {}; see 'gitlab-preflight-agent --help'", first,
                       command_names);
}

}  // namespace

CommandLine parse_command_line(int count, const char* const* arguments) {
    CLI::App app("Finds on this node what matters to a GitLab upgrade. Reads only; changes nothing.",
                 "gitlab-preflight-agent");
    app.require_subcommand(1);
    if (const auto why = wrong_command(count, arguments); !why.empty()) return Leave{usage, "", why};
    Typed typed;
    const auto* inspect = add_inspect(app, typed);
    const auto* run = add_run(app, typed);
    const auto* probes = app.add_subcommand("probes", "Lists what looks at the machine");
    app.add_subcommand("version", "Prints the version");
    try {
        app.parse(count, arguments);
    } catch (const CLI::CallForHelp&) {
        const auto* chosen = app.get_subcommands().empty() ? &app : app.get_subcommands().front();
        return Leave{0, chosen->help(chosen == &app ? "" : app.get_name()), ""};
    } catch (const CLI::ParseError& error) {
        return Leave{usage, "", first_line(error.what()) + "; see 'gitlab-preflight-agent --help'"};
    }
    if (inspect->parsed()) return inspect_command(typed);
    if (probes->parsed()) return ProbesCommand{};
    if (!run->parsed()) return VersionCommand{};
    if (run->count("--account") > 0) typed.run.account = typed.account;
    return run_command(
        typed.run, RunCommand{.once = typed.once, .once_limit = std::chrono::seconds(typed.once_seconds)});
}

}  // namespace preflight::agent
