#include "collector/judging.h"

#include <fmt/format.h>

#include <utility>

#include "collector/acceptance_file.h"
#include "collector/command_line.h"
#include "collector/knowledge_in_use.h"
#include "collector/store.h"
#include "model/clock.h"
#include "readiness/path.h"

namespace preflight::collector {
namespace {

google::protobuf::Timestamp time_of(const JudgingOptions& options) {
    if (options.as_of.empty()) return now();
    const auto at = from_iso8601(options.as_of);
    if (!at)
        throw UsageError{"--as-of " + options.as_of + " is not a time; write it as 2026-08-21T02:00:00Z"};
    return *at;
}

readiness::Upgrade upgrade_of(const JudgingOptions& options, const Settings& settings,
                              const v1::Knowledge& knowledge) {
    readiness::Upgrade upgrade;
    upgrade.target = target_of(options.target, knowledge);
    upgrade.edition = edition_of(options.edition);
    upgrade.at = time_of(options);
    upgrade.backup_age_limit = settings.backup_age;
    if (options.backup_age_hours) upgrade.backup_age_limit = std::chrono::hours(*options.backup_age_hours);
    upgrade.inspection_age_limit = settings.inspection_age;
    upgrade.without_downtime = options.without_downtime;
    upgrade.external = settings.external;
    upgrade.external.insert(upgrade.external.end(), options.external.begin(), options.external.end());
    upgrade.expected_nodes = settings.expected_nodes;
    upgrade.expected_nodes.insert(upgrade.expected_nodes.end(), options.expected_nodes.begin(),
                                  options.expected_nodes.end());
    return upgrade;
}

v1::Acceptances accepted_in(const JudgingOptions& options, const Settings& settings, Absence absence) {
    if (options.acceptances.empty()) absence = Absence::nothing_accepted;
    auto acceptances = load_acceptances(acceptances_of(options, settings), absence);
    if (acceptances) return std::move(*acceptances);
    if (acceptances.error().cause == v1::Gap::ABSENT) throw UsageError{line_of(acceptances.error())};
    throw DataError{line_of(acceptances.error())};
}

}  // namespace

CLI::Option* add_judging_options(CLI::App& command, JudgingOptions& options) {
    command.add_option("--as-of", options.as_of, "Judge as at this time instead of now")->type_name("TIME");
    add_config_option(command, options.config);
    add_store_option(command, options.store);
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
    add_knowledge_option(command, options.knowledge);
    add_edition_option(command, "--edition", options.edition, "Edition to become, where it is to change");
    add_acceptances_option(command, options.acceptances);
    command
        .add_flag("--without-downtime", options.without_downtime,
                  "Plan it so that GitLab serves all the time, where that is possible")
        ->disable_flag_override();
    return command.add_option("--target", options.target, "Version to upgrade to")->type_name("VERSION");
}

readiness::Version target_of(const std::string& text, const v1::Knowledge& knowledge,
                             std::string_view option) {
    const auto target = readiness::asked_target(text, knowledge);
    if (target) return *target;
    throw UsageError{
        fmt::format("{} {} is not a GitLab version; write it as 19.2.0, 19.2 or latest", option, text)};
}

CLI::Option* add_edition_option(CLI::App& command, const std::string& name, std::string& edition,
                                const std::string& about) {
    return command.add_option(name, edition, about)
        ->type_name("ce|ee")
        ->check(CLI::IsMember({"ce", "ee"}).description(""));
}

v1::Edition edition_of(const std::string& text) {
    if (text.empty()) return v1::EDITION_UNSPECIFIED;
    return text == "ee" ? v1::EE : v1::CE;
}

std::filesystem::path acceptances_of(const JudgingOptions& options, const Settings& settings) {
    return options.acceptances.empty() ? settings.acceptances : options.acceptances;
}

Result<Judging> judging_of(const JudgingOptions& options, Absence absence) {
    const auto settings = settings_of(options.config);
    Judging judging;
    judging.knowledge = knowledge_in_use(settings, options.knowledge);
    judging.upgrade = upgrade_of(options, settings, judging.knowledge);
    judging.upgrade.acceptances = accepted_in(options, settings, absence);
    const auto store =
        Store::open(options.store.empty() ? settings.store : options.store, Store::Mode::read_only);
    auto fleet = store ? store->fleet() : Result<readiness::Fleet>(store.error());
    if (!fleet) return fleet.error();
    judging.fleet = std::move(*fleet);
    return judging;
}

}  // namespace preflight::collector
