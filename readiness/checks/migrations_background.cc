#include "readiness/checks/migrations_background.h"

#include <utility>

#include "readiness/background_migrations.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

std::string what_of(const v1::BackgroundMigration& migration) {
    const auto rows = passing(std::to_string(migration.done_rows()) + " of about " +
                              std::to_string(migration.total_rows()));
    return "row " + std::to_string(migration.id()) + " of batched_background_migrations, " + rows +
           " rows done";
}

v1::Verdict switched_off(const Fleet& fleet) {
    auto off = verdict(v1::BLOCKER, "switched_off",
                       "the feature execute_batched_migrations_on_schedule is off: none of them goes on");
    for (const auto& [node, finding] : migrations_switched_off(fleet))
        about(off, *node, *finding, "its gate is false");
    return off;
}

v1::Verdict unseen_on(const Fleet& fleet) {
    auto unseen = verdict(v1::UNKNOWN, "unseen", "whether background migrations are unfinished was not seen");
    for (const auto& node : fleet.nodes) {
        if (runs_application(node) || !roles_seen(node)) about_unseen(unseen, node, "postgres");
    }
    return unseen;
}

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge&) {
    const auto unfinished = unfinished_migrations(fleet, upgrade.at);
    Verdicts verdicts;
    for (const auto& one : unfinished) {
        auto said = verdict(one.level, one.key, sentence_of(one, passing(one.takes)));
        said.set_lasting("the unfinished migration");  // which one stands in the evidence; its time passes
        about(said, *one.node, *one.finding, what_of(one.finding->background_migration()));
        said.clear_nodes();  // of the instance
        verdicts.push_back(std::move(said));
    }
    if (!unfinished.empty()) keep(verdicts, switched_off(fleet));
    if (!migrations_seen(fleet)) {
        verdicts.push_back(unseen_on(fleet));
    } else if (verdicts.empty()) {
        verdicts.push_back(verdict(v1::READY, "finished", "every batched background migration is finished"));
    }
    return verdicts;
}

}  // namespace

constexpr Check migrations_background{
    .id = "migrations.background",
    .asks = "Are the batched background migrations finished, or when will they be?",
    .judge = judge,
};

}  // namespace preflight::readiness
