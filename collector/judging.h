// Judging: what the commands that judge take from the command line, the settings and the store.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/acceptance_file.h"
#include "collector/settings.h"
#include "model/result.h"
#include "readiness/check.h"

namespace preflight::collector {

struct JudgingOptions {
    std::filesystem::path config;
    std::string target;
    std::string edition;
    std::string as_of;
    std::filesystem::path store;
    std::optional<int> backup_age_hours;
    std::vector<std::string> external;
    std::vector<std::string> expected_nodes;
    std::filesystem::path knowledge;
    std::filesystem::path acceptances;
    bool without_downtime = false;
};

// Adds the options of the same names to a command; --target, which may be required there or not, is what it
// returns.
CLI::Option* add_judging_options(CLI::App& command, JudgingOptions& options);

// What judge() takes.
struct Judging {
    readiness::Fleet fleet;
    readiness::Upgrade upgrade;
    v1::Knowledge knowledge;
};

// "19.2.4", "19.2", "latest". Throws UsageError that names the option.
readiness::Version target_of(const std::string& text, const v1::Knowledge& knowledge,
                             std::string_view option = "--target");
// An option that takes "ce" or "ee", and what it took; not given: unspecified.
CLI::Option* add_edition_option(CLI::App& command, const std::string& name, std::string& edition,
                                const std::string& about);
v1::Edition edition_of(const std::string& text);
// Where the acceptances are: --acceptances, or the settings' file.
std::filesystem::path acceptances_of(const JudgingOptions& options, const Settings& settings);

// All of it. A Problem is the store's; throws UsageError and DataError for the rest. `absence`: what it is
// when the file of --acceptances is not there; that of the settings begins with the first acceptance.
Result<Judging> judging_of(const JudgingOptions& options, Absence absence = Absence::problem);

}  // namespace preflight::collector
