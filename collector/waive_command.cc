#include <fmt/format.h>

#include <memory>
#include <optional>

#include "collector/acceptance_options.h"
#include "collector/command_line.h"
#include "collector/exit_status.h"
#include "collector/judging.h"
#include "model/clock.h"
#include "readiness/acceptances.h"
#include "readiness/judge.h"
#include "readiness/verdict.h"

namespace preflight::collector {
namespace {

constexpr std::size_t shown_digits = 12;  // of a digest, where a person chooses by it
constexpr std::size_t shown_choices = 5;

struct WaiveOptions {
    JudgingOptions judging;
    std::string check;
    std::string node;
    std::string verdict;
    std::string owner;
    std::string reason;
    std::string expires;
    KeepingOptions keeping;
};

using Verdicts = std::vector<v1::Verdict>;

// What the report says of this check that calls for acceptance, of this node alone where one is named.
Verdicts open_verdicts(const v1::Report& report, const WaiveOptions& options) {
    Verdicts open;
    for (const auto& verdict : report.verdicts()) {
        if (verdict.check() != options.check || !readiness::calls_for_acceptance(verdict)) continue;
        auto part = options.node.empty() ? std::optional(verdict) : readiness::part_of(verdict, options.node);
        if (!part) continue;
        part->set_evidence_digest(readiness::evidence_digest(*part));
        if (part->evidence_digest().starts_with(options.verdict)) open.push_back(std::move(*part));
    }
    return open;
}

std::string choices_of(const Verdicts& open) {
    std::vector<std::string> choices;
    for (const auto& verdict : open) {
        choices.push_back(fmt::format("{} ({})", verdict.evidence_digest().substr(0, shown_digits),
                                      readiness::clipped(verdict.summary(), 80)));
    }
    return readiness::listed_first(choices, shown_choices);
}

v1::Verdict chosen(const v1::Report& report, const WaiveOptions& options) {
    auto open = open_verdicts(report, options);
    const auto where = options.node.empty() ? "" : " on " + options.node;
    if (open.empty()) {
        throw UsageError{fmt::format("{} says nothing{} for {} that could be accepted{}", options.check,
                                     where, report.target_version(),
                                     options.verdict.empty() ? "" : " and begins with " + options.verdict)};
    }
    if (open.size() > 1) {
        throw UsageError{fmt::format("{} says {} things{}; choose one with --verdict: {}", options.check,
                                     open.size(), where, choices_of(open))};
    }
    if (const auto why = readiness::why_not_acceptable(open.front()); !why.empty())
        throw UsageError{fmt::format("{}: nobody can accept that: {}", options.check, why)};
    return std::move(open.front());
}

// As far as the command line says it. Throws UsageError.
v1::Waiver asked(const WaiveOptions& options, const google::protobuf::Timestamp& at) {
    v1::Waiver waiver;
    const auto take = [&](std::string_view field, std::string_view option, const std::string& text) {
        take_option(waiver, waiver_fields(), field, option, text);
    };
    take("check", "--check", options.check);
    take("node", "--node", options.node);
    take("owner", "--owner", options.owner);
    take("reason", "--reason", options.reason);
    *waiver.mutable_made_at() = at;
    take_expiry(waiver, waiver_fields(), options.expires, at);
    return waiver;
}

int waive(const WaiveOptions& options, const std::filesystem::path& file) {
    auto waiver = asked(options, now());
    auto how = options.judging;
    if (how.target.empty()) how.target = "latest";
    auto judging = judging_of(how, Absence::nothing_accepted);
    if (!judging) {
        complain("the store " + line_of(judging.error()));
        return cannot_say;
    }
    // Verdicts are accepted as they are without what was accepted before, which may have cut them.
    judging->upgrade.acceptances.clear_waivers();
    const auto report = readiness::judge(judging->fleet, judging->upgrade, judging->knowledge);
    const auto verdict = chosen(report, options);
    if (!options.judging.target.empty()) waiver.set_target(report.target_version());
    waiver.set_evidence_digest(verdict.evidence_digest());
    waiver.set_id(
        acceptance_id("w", {waiver.check(), waiver.node(), waiver.target(), waiver.evidence_digest()}));
    return change_file(file, [&](v1::Acceptances& acceptances) {
        renew(*acceptances.mutable_waivers(), waiver);
        const std::vector<std::string> nodes(verdict.nodes().begin(), verdict.nodes().end());
        return fmt::format("{} accepts {} on {}, for {}, until {}: {}", waiver.id(), waiver.check(),
                           nodes.empty() ? "the instance" : readiness::listed_first(nodes),
                           waiver.target().empty() ? "every target" : waiver.target(),
                           to_iso8601(waiver.expires_at()), verdict.summary());
    });
}

int run(const WaiveOptions& options) {
    need_one(!options.check.empty(), options.keeping, "say one of --check ID, --list and --remove ID");
    const auto file = acceptances_of(options.judging, settings_of(options.judging.config));
    if (!options.check.empty()) return waive(options, file);
    return keep<v1::Waiver>(file, options.keeping,
                            {&v1::Acceptances::mutable_waivers, waiver_fields(), "waiver"});
}

}  // namespace

void add_waive_command(CLI::App& program, int& status) {
    auto* command = program.add_subcommand(
        "waive",
        "Accept what a check says, with an owner, a reason and an end; list and remove what is accepted");
    auto options = std::make_shared<WaiveOptions>();
    command->add_option("--check", options->check, "Check whose verdict is accepted")->type_name("ID");
    command->add_option("--node", options->node, "Only what it says of this node")->type_name("NODE");
    command->add_option("--verdict", options->verdict, "Which of several: how its evidence digest begins")
        ->type_name("DIGEST");
    command->add_option("--owner", options->owner, "Who answers for it")->type_name("NAME");
    command->add_option("--reason", options->reason, "Why it may be so")->type_name("TEXT");
    command->add_option("--expires", options->expires, "When it ends, with its zone: 2026-12-01T06:00:00Z")
        ->type_name("TIME");
    add_keeping_options(*command, options->keeping, "List what is accepted", "Accept it no longer");
    add_judging_options(*command, options->judging)
        ->description(
            "Version to upgrade to; without it the newest known, and the waiver holds for every target");
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace preflight::collector
