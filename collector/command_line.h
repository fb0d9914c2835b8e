// Command line: the program's subcommands and the form in which it says that one was used wrongly.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <string_view>

#include "collector/settings.h"
#include "model/result.h"

namespace preflight::collector {

// Runs the subcommand that the arguments name and returns the program's exit status. Wrong usage: one line on
// standard error and 64; an exception, which is a bug of ours: one line and 70.
int run_command_line(int argc, const char* const* argv);

// Thrown by a subcommand on wrong usage: the line to print (run_command_line adds where help is).
struct UsageError {
    std::string what;
};

// Thrown by a subcommand that is given data it cannot use: the line to print; the status is 65.
struct DataError {
    std::string what;
};

// The settings of --config, or of the default file. Throws UsageError.
Settings settings_of(const std::filesystem::path& config);

// Options that several commands have, alike in each.
void add_config_option(CLI::App& command, std::filesystem::path& config);
void add_store_option(CLI::App& command, std::filesystem::path& store);
void add_knowledge_option(CLI::App& command, std::filesystem::path& directory);
void add_acceptances_option(CLI::App& command, std::filesystem::path& acceptances);

// "FILE: what is right".
std::string line_of(const Problem& problem);
// One line on standard error.
void complain(std::string_view text);
// Tells why a file cannot be read and gives back the exit status: whether it holds something wrong, or cannot
// be had.
int complain_of(const Problem& problem);

// Each adds its subcommand; the status is set when the subcommand has run. One file each: <name>_command.cc.
void add_serve_command(CLI::App& program, int& status);
void add_inspect_command(CLI::App& program, int& status);
void add_report_command(CLI::App& program, int& status);
void add_path_command(CLI::App& program, int& status);
void add_diff_command(CLI::App& program, int& status);
void add_waive_command(CLI::App& program, int& status);
void add_attest_command(CLI::App& program, int& status);
void add_nodes_command(CLI::App& program, int& status);
void add_knowledge_command(CLI::App& program, int& status);

}  // namespace preflight::collector
