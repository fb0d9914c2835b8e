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
    bool list = false;
    std::string remove;
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

int list(const std::filesystem::path& file) {
    const auto acceptances = read_acceptances(file);
    std::vector<const google::protobuf::Message*> all;
    for (const auto& attestation : acceptances.attestations()) all.push_back(&attestation);
    print_acceptances(all, attestation_fields(), now(), "no attestation in " + file.string());
    return all_well;
}

int remove_one(const std::filesystem::path& file, const std::string& id) {
    return change_file(file, [&](v1::Acceptances& acceptances) {
        if (!remove(*acceptances.mutable_attestations(), id))
            throw UsageError{"--remove " + id + ": " + file.string() + " has no such attestation"};
        return id + " is removed";
    });
}

int run(const AttestOptions& options) {
    if ((options.statement.empty() ? 0 : 1) + (options.list ? 1 : 0) + (options.remove.empty() ? 0 : 1) != 1)
        throw UsageError{"say one of a statement, --list and --remove ID; statements are " +
                         known_statements()};
    const auto settings = settings_of(options.config);
    const auto file = options.acceptances.empty() ? settings.acceptances : options.acceptances;
    if (options.list) return list(file);
    if (!options.remove.empty()) return remove_one(file, options.remove);
    return attest(options, file);
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
    command->add_flag("--list", options->list, "List what is stated");
    command->add_option("--remove", options->remove, "State it no longer")->type_name("ID");
    add_config_option(*command, options->config);
    add_acceptances_option(*command, options->acceptances);
    command->footer(statements_help());
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace preflight::collector
