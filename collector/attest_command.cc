#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "collector/acceptance_options.h"
#include "collector/command_line.h"
#include "collector/exit_status.h"
#include "collector/knowledge_in_use.h"
#include "model/clock.h"
#include "readiness/attestations.h"
#include "readiness/knowledge_entries.h"

namespace preflight::collector {
namespace {

struct AttestOptions {
    std::filesystem::path config;
    std::filesystem::path acceptances;
    std::filesystem::path knowledge;
    std::string statement;
    std::string answer;
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

// What the entry of the knowledge asks of a person. Throws UsageError where that is not one question.
std::string question_of(const AttestOptions& options) {
    const auto knowledge = knowledge_in_use(settings_of(options.config), options.knowledge);
    const auto entries = readiness::conditional_entries(knowledge);
    const auto entry = std::ranges::find(entries, options.statement, &readiness::DecidedEntry::id);
    if (entry == entries.end() || entry->answerable.empty())
        throw UsageError{options.statement + " asks nothing of a person; knowledge list names all entries"};
    if (entry->answerable.size() > 1)
        throw UsageError{options.statement + " asks several things: waive what it says instead"};
    return entry->answerable.front();
}

// A statement of the list, without --answer; an entry's id, with one.
void check_statement(const AttestOptions& options) {
    const auto* statement = readiness::find_statement(options.statement);
    const bool answers = !options.answer.empty();
    if (statement == nullptr && !answers) {
        throw UsageError{options.statement + " is no statement; there are " + known_statements() +
                         ", and with --answer the id of an entry that asks a person"};
    }
    if (statement != nullptr && answers)
        throw UsageError{options.statement + " is a statement, no question: leave --answer out"};
    if (!options.node.empty() && (answers || !statement->of_nodes))
        throw UsageError{options.statement + " is said of the whole instance: leave --node out"};
}

v1::Attestation asked(const AttestOptions& options) {
    check_statement(options);
    v1::Attestation attestation;
    const auto take = [&](std::string_view field, std::string_view option, const std::string& text) {
        take_option(attestation, attestation_fields(), field, option, text);
    };
    take("statement", "STATEMENT", options.statement);
    take("answer", "--answer", options.answer);
    if (!options.answer.empty()) take("question", "STATEMENT", question_of(options));
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
    command
        ->add_option("STATEMENT", options->statement,
                     "One of those below, or the id of a known issue or stop that asks a person: KI-16-13")
        ->type_name("");
    command->add_option("--answer", options->answer, "To the question of that issue or stop")
        ->type_name("yes|no");
    command->add_option("--node", options->node, "Of this node alone")->type_name("NODE");
    command->add_option("--owner", options->owner, "Who answers for it")->type_name("NAME");
    command->add_option("--detail", options->detail, "What was done, when and where")->type_name("TEXT");
    command->add_option("--expires", options->expires, "When it ends, with its zone: 2026-12-01T06:00:00Z")
        ->type_name("TIME");
    add_keeping_options(*command, options->keeping, "List what is stated", "State it no longer");
    add_config_option(*command, options->config);
    add_knowledge_option(*command, options->knowledge);
    add_acceptances_option(*command, options->acceptances);
    command->footer(statements_help());
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace preflight::collector
