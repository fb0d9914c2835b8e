#include "readiness/background_migrations.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <type_traits>
#include <utility>

#include "model/clock.h"
#include "readiness/age.h"
#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Migration = v1::BackgroundMigration;

// Its migrations are batched ones alone (gitlab doc/update/background_migrations.md).
constexpr Version first_without_jobs{15, 1, 0};

struct Forecast {
    v1::Level level;
    std::string_view key;
    std::string says;
    std::string takes = {};
    std::optional<std::uint64_t> seconds_left = {};
};

std::string name_of(const Migration& migration) {
    const auto where =
        migration.column().empty() ? migration.table() : migration.table() + "." + migration.column();
    return clipped(migration.job(), 120) + (where.empty() ? "" : " on " + clipped(where, 120)) +
           " (database " + migration.database() + ")";
}

constexpr double ten_years_hours = 24.0 * 3650;

std::string hours_text(double hours) {
    if (hours < 1) return "less than an hour";
    if (hours >= ten_years_hours) return "more than ten years";
    if (hours < 48) return "about " + counted(static_cast<std::size_t>(std::ceil(hours)), "hour");
    return "about " + counted(static_cast<std::size_t>(std::ceil(hours / 24)), "day");
}

bool is_new(const Migration& migration, const google::protobuf::Timestamp& at) {
    const auto age = age_seconds(at, migration.created_at());
    return age && *age >= -clock_tolerance_seconds && *age < 24 * 3600;
}

constexpr std::int64_t long_hold_seconds = 24 * 3600;  // GitLab itself holds one for minutes

// For how long it is not taken up; 0: it is. One that is being finalized is not kept by it.
std::int64_t hold_seconds(const Migration& migration, const google::protobuf::Timestamp& at) {
    if (migration.status() != Migration::ACTIVE || !migration.has_on_hold_until()) return 0;
    return std::max<std::int64_t>(-age_seconds(at, migration.on_hold_until()).value_or(0), 0);
}

// What makes its rate say nothing of its end, although it moves.
std::optional<Forecast> no_forecast(const Migration& migration, const google::protobuf::Timestamp& at) {
    if (hold_seconds(migration, at) > 0) {
        return Forecast{v1::WARNING, "on_hold",
                        name_of(migration) + " is on hold until " + to_iso8601(migration.on_hold_until()) +
                            ": when it will have finished cannot be told"};
    }
    if (migration.stuck_jobs() > 0) {
        return Forecast{v1::WARNING, "stuck_jobs",
                        name_of(migration) + " has " + counted(migration.stuck_jobs(), "job") +
                            " silent for an hour that are to be done anew: when it will have finished "
                            "cannot be told"};
    }
    return {};
}

// When it will have ended at the rate of its last day. The total is an estimate of when it was queued, so one
// that has done more than that is not given a time.
Forecast forecast(const Migration& migration, const google::protobuf::Timestamp& at) {
    const auto name = name_of(migration);
    if (migration.failed_jobs() > 0) {
        return {v1::BLOCKER, "failed_jobs",
                name + " has " + counted(migration.failed_jobs(), "job") +
                    " that failed for good: it cannot finish"};
    }
    if (hold_seconds(migration, at) > long_hold_seconds) {
        return {v1::BLOCKER, "held",
                name + " is on hold until " + to_iso8601(migration.on_hold_until()) +
                    ": it does not go on before"};
    }
    const bool moves = std::isfinite(migration.rows_per_hour()) && migration.rows_per_hour() > 0;
    if (!moves && !is_new(migration, at))
        return {v1::BLOCKER, "no_progress", name + " has done nothing within the last day"};
    if (auto unsure = no_forecast(migration, at)) return *std::move(unsure);
    if (!moves) return {v1::WARNING, "queued", name + " was queued within the last day and has not begun"};
    if (migration.total_rows() == 0)
        return {v1::WARNING, "running", name + " runs; how much it has to do is not estimated"};
    if (migration.total_rows() <= migration.done_rows())
        return {v1::WARNING, "running", name + " is at its end, as far as its estimate goes"};
    const auto hours =
        static_cast<double>(migration.total_rows() - migration.done_rows()) / migration.rows_per_hour();
    Forecast told{v1::WARNING, "running", name + " will have finished", hours_text(hours)};
    if (hours < ten_years_hours) told.seconds_left = static_cast<std::uint64_t>(std::ceil(hours * 3600));
    return told;
}

Forecast judge_migration(const Migration& migration, const google::protobuf::Timestamp& at) {
    switch (migration.status()) {
        case Migration::FAILED:
            return {v1::BLOCKER, "failed", name_of(migration) + " has failed"};
        case Migration::PAUSED:
            return {v1::BLOCKER, "paused", name_of(migration) + " is paused: it never ends by itself"};
        case Migration::ACTIVE:
        case Migration::FINALIZING:
            return forecast(migration, at);
        default:
            return {v1::UNKNOWN, "status_unknown",
                    name_of(migration) + " has the status code " + std::to_string(migration.status_code()) +
                        ", which is not known here"};
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

// In order of what `row_of` makes of the findings: equal for all that are of one row.
template <auto has, auto get, typename RowOf>
std::vector<Look> newest_looks(const Fleet& fleet, RowOf row_of) {
    std::map<std::invoke_result_t<RowOf, decltype((std::declval<v1::Finding>().*get)())>, Look> newest;
    for (const auto& node : fleet.nodes) {
        for (const auto& [found, finding] : findings_of<has, get>(node)) {
            const auto [look, is_new] = newest.try_emplace(row_of(*found), Look{&node, finding});
            if (!is_new && newer(*finding, *look->second.finding)) look->second = {&node, finding};
        }
    }
    std::vector<Look> looks;
    looks.reserve(newest.size());
    for (const auto& [row, look] : newest) looks.push_back(look);
    return looks;
}

}  // namespace

std::vector<UnfinishedMigration> unfinished_migrations(const Fleet& fleet,
                                                       const google::protobuf::Timestamp& at) {
    const auto looks =
        newest_looks<&v1::Finding::has_background_migration, &v1::Finding::background_migration>(
            fleet,
            [](const Migration& migration) { return std::pair(migration.database(), migration.id()); });
    std::vector<UnfinishedMigration> all;
    all.reserve(looks.size());
    for (const auto& look : looks) {
        auto told = judge_migration(look.finding->background_migration(), at);
        all.push_back({look.node, look.finding, told.level, told.key, std::move(told.says),
                       std::move(told.takes), told.seconds_left});
    }
    return all;
}

std::string sentence_of(const UnfinishedMigration& one, std::string_view takes) {
    return one.takes.empty() ? one.says : one.says + " in " + std::string(takes) + " at its present rate";
}

// Absent is the default, which is on.
std::vector<SwitchedOff> migrations_switched_off(const Fleet& fleet) {
    std::vector<SwitchedOff> all;
    for (const auto& node : fleet.nodes) {
        for (const auto& [settings, finding] :
             findings_of<&v1::Finding::has_instance_settings, &v1::Finding::instance_settings>(node)) {
            const auto value = settings->values().find("feature execute_batched_migrations_on_schedule");
            if (value != settings->values().end() && value->second == "false")
                all.push_back({&node, finding});
        }
    }
    return all;
}

std::vector<TrackedJobs> tracked_jobs(const Fleet& fleet) {
    const auto running = lowest_version(fleet);
    const bool counts = !running || *running < first_without_jobs;
    const auto looks =
        newest_looks<&v1::Finding::has_tracked_migration_jobs, &v1::Finding::tracked_migration_jobs>(
            fleet,
            [](const v1::TrackedMigrationJobs& jobs) { return std::pair(jobs.database(), jobs.job()); });
    std::vector<TrackedJobs> all;
    all.reserve(looks.size());
    for (const auto& look : looks) {
        if (look.finding->tracked_migration_jobs().pending() > 0)
            all.push_back({look.node, look.finding, counts});
    }
    return all;
}

bool migrations_seen(const Fleet& fleet) { return std::ranges::any_of(fleet.nodes, read_database); }

}  // namespace preflight::readiness
