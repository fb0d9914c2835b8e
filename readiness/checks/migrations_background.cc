#include "readiness/checks/migrations_background.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "readiness/age.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;
using Migration = v1::BackgroundMigration;

std::string name_of(const Migration& migration) {
    const auto where =
        migration.column().empty() ? migration.table() : migration.table() + "." + migration.column();
    return clipped(migration.job(), 120) + (where.empty() ? "" : " on " + clipped(where, 120)) +
           " (database " + migration.database() + ")";
}

std::string hours_text(double hours) {
    constexpr double ten_years = 24.0 * 3650;
    if (hours < 1) return "less than an hour";
    if (hours >= ten_years) return "more than ten years";
    if (hours < 48) return "about " + counted(static_cast<std::size_t>(std::ceil(hours)), "hour");
    return "about " + counted(static_cast<std::size_t>(std::ceil(hours / 24)), "day");
}

bool is_new(const Migration& migration, const google::protobuf::Timestamp& at) {
    const auto age = age_seconds(at, migration.created_at());
    return age && *age >= -clock_tolerance_seconds && *age < 24 * 3600;
}

// When it will have ended at the rate of its last day. The total is an estimate of when it was queued, so one
// that has done more than that is not given a time.
v1::Verdict forecast(const Migration& migration, const google::protobuf::Timestamp& at) {
    const auto name = name_of(migration);
    if (migration.failed_jobs() > 0) {
        return verdict(v1::BLOCKER, "failed_jobs",
                       name + " has " + counted(migration.failed_jobs(), "job") +
                           " that failed for good: it cannot finish");
    }
    const bool moves = std::isfinite(migration.rows_per_hour()) && migration.rows_per_hour() > 0;
    if (!moves && is_new(migration, at))
        return verdict(v1::WARNING, "queued", name + " was queued within the last day and has not begun");
    if (!moves) return verdict(v1::BLOCKER, "no_progress", name + " has done nothing within the last day");
    if (migration.total_rows() == 0)
        return verdict(v1::WARNING, "running", name + " runs; how much it has to do is not estimated");
    if (migration.total_rows() <= migration.done_rows())
        return verdict(v1::WARNING, "running", name + " is at its end, as far as its estimate goes");
    const auto left = static_cast<double>(migration.total_rows() - migration.done_rows());
    return verdict(v1::WARNING, "running",
                   name + " will have finished in " + hours_text(left / migration.rows_per_hour()) +
                       " at its present rate");
}

v1::Verdict judge_migration(const Migration& migration, const google::protobuf::Timestamp& at) {
    switch (migration.status()) {
        case Migration::FAILED:
            return verdict(v1::BLOCKER, "failed", name_of(migration) + " has failed");
        case Migration::PAUSED:
            return verdict(v1::BLOCKER, "paused", name_of(migration) + " is paused: it never ends by itself");
        case Migration::ACTIVE:
        case Migration::FINALIZING:
            return forecast(migration, at);
        default:
            return verdict(v1::UNKNOWN, "status_unknown",
                           name_of(migration) + " has the status code " +
                               std::to_string(migration.status_code()) + ", which is not known here");
    }
}

// The same row is seen by every node that uses the database: the newest look counts.
struct Look {
    const FleetNode* node;
    const v1::Finding* finding;
};

bool newer(const v1::Finding& one, const v1::Finding& other) {
    return std::pair(one.taken_at().seconds(), one.taken_at().nanos()) >
           std::pair(other.taken_at().seconds(), other.taken_at().nanos());
}

std::string what_of(const Migration& migration) {
    const auto rows =
        std::to_string(migration.done_rows()) + " of about " + std::to_string(migration.total_rows());
    return "row " + std::to_string(migration.id()) + " of batched_background_migrations, " + rows +
           " rows done";
}

using Looks = std::map<std::pair<std::string, std::uint64_t>, Look>;

Looks newest_looks(const Fleet& fleet) {
    Looks looks;
    for (const auto& node : fleet.nodes) {
        for (const auto& [migration, finding] :
             findings_of<&v1::Finding::has_background_migration, &v1::Finding::background_migration>(node)) {
            const auto [look, is_new] =
                looks.try_emplace({migration->database(), migration->id()}, Look{&node, finding});
            if (!is_new && newer(*finding, *look->second.finding)) look->second = {&node, finding};
        }
    }
    return looks;
}

// Absent is the default, which is on.
v1::Verdict switched_off(const Fleet& fleet) {
    auto off = verdict(v1::BLOCKER, "switched_off",
                       "the feature execute_batched_migrations_on_schedule is off: none of them goes on");
    for (const auto& node : fleet.nodes) {
        for (const auto& [settings, finding] :
             findings_of<&v1::Finding::has_instance_settings, &v1::Finding::instance_settings>(node)) {
            const auto value = settings->values().find("feature execute_batched_migrations_on_schedule");
            if (value != settings->values().end() && value->second == "false")
                about(off, node, *finding, "its gate is false");
        }
    }
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
    const auto looks = newest_looks(fleet);
    Verdicts verdicts;
    for (const auto& [key, look] : looks) {
        const auto& migration = look.finding->background_migration();
        auto said = judge_migration(migration, upgrade.at);
        about(said, *look.node, *look.finding, what_of(migration));
        said.clear_nodes();  // of the instance
        verdicts.push_back(std::move(said));
    }
    if (!looks.empty()) keep(verdicts, switched_off(fleet));
    if (!std::ranges::any_of(fleet.nodes, read_database)) {
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
