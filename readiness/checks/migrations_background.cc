#include "readiness/checks/migrations_background.h"

#include <utility>

#include "readiness/background_migrations.h"
#include "readiness/telling.h"

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

// One that a node of a newer version shows is told, and stops nothing.
v1::Verdict of_jobs(const TrackedJobs& jobs) {
    const auto& what = jobs.finding->tracked_migration_jobs();
    const auto name = clipped(what.job(), 120) + " (database " + clipped(what.database(), 60) + ")";
    auto said =
        jobs.counts
            ? verdict(v1::BLOCKER, "jobs_left", name + " has jobs left that the running version waits for")
            : verdict(v1::NOTE, "jobs_old",
                      name + " has rows left of jobs that the running version has no use for");
    about(said, *jobs.node, *jobs.finding,
          passing(std::to_string(what.pending())) + " rows of background_migration_jobs are pending");
    make_of_instance(said);
    return said;
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
        const auto& migration = one.finding->background_migration();
        // Which row it is stands in the evidence; each database numbers its own. How long it takes passes.
        said.set_lasting("the unfinished migration in the database " + clipped(migration.database(), 60));
        about(said, *one.node, *one.finding, what_of(migration));
        make_of_instance(said);
        verdicts.push_back(std::move(said));
    }
    if (!unfinished.empty()) keep(verdicts, switched_off(fleet));
    bool none_left = unfinished.empty();
    for (const auto& jobs : tracked_jobs(fleet)) {
        verdicts.push_back(of_jobs(jobs));
        none_left = none_left && !jobs.counts;
    }
    if (!migrations_seen(fleet)) {
        verdicts.push_back(unseen_on(fleet));
    } else if (none_left) {
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
