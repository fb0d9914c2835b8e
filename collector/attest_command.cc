#include <fmt/format.h>

#include <memory>

#include "collector/acceptance_options.h"
#include "collector/command_line.h"
#include "collector/exit_status.h"
#include "model/clock.h"
#include "readiness/attestations.h"

namespace preflight::collector {
namespace {

struct AttestOptions {
    std::filesystem::path config;
    std::filesystem::path acceptances;
    std::string statement;
    std::string node;
    std::string owner;
    std::string detail;
    std::string expires;
    KeepingOptions keeping;
};

std::string known_statements() {
    std::string names;
    for (const auto& statement : readiness::statements())
        names += (names.empty() ? "" : ", ") + std::string(statement.name);
    return names;
}

v1::Attestation asked(const AttestOptions& options) {
    const auto* statement = readiness::find_statement(options.statement);
    if (statement == nullptr)
        throw UsageError{options.statement + " is no statement; there are " + known_statements()};
    if (!options.node.empty() && !statement->of_nodes)
        throw UsageError{options.statement + " is said of the whole instance: leave --node out"};
    v1::Attestation attestation;
    const auto take = [&](std::string_view field, std::string_view option, const std::string& text) {
        take_option(attestation, attestation_fields(), field, option, text);
    };
    take("statement", "STATEMENT", options.statement);
    take("node", "--node", options.node);
    take("owner", "--owner", options.owner);
    take("detail", "--detail", options.detail);
    const auto at = timestamp_from_seconds(now().seconds());
    take_expiry(attestation, attestation_fields(), options.expires, at);
    *attestation.mutable_made_at() = at;
    attestation.set_id(acceptance_id("a", {attestation.statement(), attestation.node()}));
    return attestation;
}

int attest(const AttestOptions& options, const std::filesystem::path& file) {
    const auto attestation = asked(options);
    return change_file(file, [&](v1::Acceptances& acceptances) {
        renew(*acceptances.mutable_attestations(), attestation);
        return attestation.id() + " states " + readiness::attestation_text(attestation);
    });
}

int run(const AttestOptions& options) {
    need_one(!options.statement.empty(), options.keeping,
             "say one of a statement, --list and --remove ID; statements are " + known_statements());
    const auto settings = settings_of(options.config);
    const auto file = options.acceptances.empty() ? settings.acceptances : options.acceptances;
    if (!options.statement.empty()) return attest(options, file);
    return keep<v1::Attestation>(
        file, options.keeping, {&v1::Acceptances::mutable_attestations, attestation_fields(), "attestation"});
}

std::string statements_help() {
    std::string help = "Statements:\n";
    for (const auto& statement : readiness::statements()) {
        help += fmt::format("  {:<30} {}{}\n", statement.name, statement.says,
                            statement.of_nodes ? " (may name a --node)" : "");
    }
    return help;
}

}  // namespace

void add_attest_command(CLI::App& program, int& status) {
    auto* command = program.add_subcommand(
        "attest", "State what no probe can see, with an owner and an end; list and remove what is stated");
    auto options = std::make_shared<AttestOptions>();
    command->add_option("STATEMENT", options->statement, "One of those below")->type_name("");
    command->add_option("--node", options->node, "Of this node alone")->type_name("NODE");
    command->add_option("--owner", options->owner, "Who answers for it")->type_name("NAME");
    command->add_option("--detail", options->detail, "What was done, when and where")->type_name("TEXT");
    command->add_option("--expires", options->expires, "When it ends, with its zone: 2026-12-01T06:00:00Z")
        ->type_name("TIME");
    add_keeping_options(*command, options->keeping, "List what is stated", "State it no longer");
    add_config_option(*command, options->config);
    add_acceptances_option(*command, options->acceptances);
    command->footer(statements_help());
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace preflight::collector
