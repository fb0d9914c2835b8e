// CommandLine: what the agent was asked to do. Wrong usage is one line that says what is wrong and how it is
// right.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/runner.h"
#include "agent/settings.h"

namespace preflight::agent {

struct InspectCommand {
    std::filesystem::path root = "/";
    std::string format = "text";  // text, json
    std::vector<std::string> only;
    std::chrono::seconds limit{60};
    bool prove_backups = false;
    std::chrono::seconds proof_limit = default_proof_limit;
};

struct RunCommand {
    Settings settings;
    bool once = false;
    std::chrono::seconds once_limit{120};
};

struct ProbesCommand {};
struct VersionCommand {};

// What main does after the command line: print and leave.
struct Leave {
    int status = 0;
    std::string to_output;
    std::string to_error;
};

using CommandLine = std::variant<InspectCommand, RunCommand, ProbesCommand, VersionCommand, Leave>;

CommandLine parse_command_line(int count, const char* const* arguments);

}  // namespace preflight::agent
