#include "probes/gitlab_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "probes/search_stores.h"
#include "probes/table_columns.h"

namespace preflight::probes {
namespace {

void set_time(const PostgresRow& row, std::size_t column,
              google::protobuf::Timestamp* (v1::BackgroundMigration::*field)(),
              v1::BackgroundMigration& migration) {
    if (!row.null(column)) (migration.*field)()->set_seconds(row.number(column));
}

// lib/gitlab/database/background_migration/batched_migration.rb: the states of its machine.
v1::BackgroundMigration::Status status_of(std::int64_t code) {
    switch (code) {
        case 0:
            return v1::BackgroundMigration::PAUSED;
        case 1:
            return v1::BackgroundMigration::ACTIVE;
        case 4:
            return v1::BackgroundMigration::FAILED;
        case 5:
            return v1::BackgroundMigration::FINALIZING;
        default:
            return v1::BackgroundMigration::STATUS_UNSPECIFIED;
    }
}

constexpr std::string_view migrations_affected = "background migrations that are not finished";
constexpr std::size_t migrations_limit = 200;

// Finished is 3, finalized 6; everything else is not done.
std::string migrations_question(const Columns& columns) {
    const auto plain = [&](const char* column) { return where_there(columns, column, column); };
    return fmt::format(
        "SELECT id, job_class_name, {}, {}, status, {}, {}, {}, {}, {}, {}, {} FROM "
        "public.batched_background_migrations"
        " WHERE status NOT IN (3, 6) ORDER BY id LIMIT {}",
        plain("table_name"), plain("column_name"), plain("gitlab_schema"), plain("queued_migration_version"),
        seconds_of(columns, "created_at"), seconds_of(columns, "started_at"),
        seconds_of(columns, "updated_at"), seconds_of(columns, "on_hold_until"), plain("total_tuple_count"),
        migrations_limit + 1);
}

v1::BackgroundMigration migration_of(const PostgresRow& row, std::string_view database) {
    v1::BackgroundMigration migration;
    migration.set_database(std::string(database));
    migration.set_id(row.size(0));
    migration.set_job(row.text(1));
    migration.set_table(row.text(2));
    migration.set_column(row.text(3));
    migration.set_status(status_of(row.number(4)));
    migration.set_status_code(static_cast<std::int32_t>(row.number(4)));
    migration.set_schema(row.text(5));
    migration.set_queued_version(row.text(6));
    set_time(row, 7, &v1::BackgroundMigration::mutable_created_at, migration);
    set_time(row, 8, &v1::BackgroundMigration::mutable_started_at, migration);
    set_time(row, 9, &v1::BackgroundMigration::mutable_updated_at, migration);
    set_time(row, 10, &v1::BackgroundMigration::mutable_on_hold_until, migration);
    migration.set_total_rows(row.size(11));
    return migration;
}

// Of one migration's jobs (status 0 pending, 1 running, 2 failed, 3 succeeded; given up after three attempts,
// taken for stuck after an hour: batched_job.rb). The rate is that of the last day, from its first job on.
constexpr auto progress_question = R"sql(
SELECT coalesce(sum(batch_size) FILTER (WHERE status = 3), 0)::bigint,
 coalesce(sum(batch_size) FILTER (WHERE status = 3 AND finished_at > clock_timestamp() - interval '24 hours'), 0)::bigint,
 extract(epoch FROM clock_timestamp()
  - min(started_at) FILTER (WHERE status = 3 AND finished_at > clock_timestamp() - interval '24 hours'))::bigint,
 count(*) FILTER (WHERE status = 2 AND attempts >= 3),
 count(*) FILTER (WHERE status = 1 AND updated_at < clock_timestamp() - interval '1 hour')
FROM public.batched_background_migration_jobs WHERE batched_background_migration_id = $1::bigint)sql";

Result<void> add_progress(Postgres& server, v1::BackgroundMigration& migration) {
    const auto rows = server.ask(progress_question, {std::to_string(migration.id())});
    if (!rows) return rows.error();
    const auto& row = rows->front();
    migration.set_done_rows(row.size(0));
    const auto seconds = std::max<std::uint64_t>(row.size(2), 60);
    migration.set_rows_per_hour(static_cast<double>(row.size(1)) * 3600 / static_cast<double>(seconds));
    migration.set_failed_jobs(static_cast<std::uint32_t>(row.size(3)));
    migration.set_stuck_jobs(static_cast<std::uint32_t>(row.size(4)));
    return {};
}

// Switches and names; no column that could hold a password, a key or a text of users.
constexpr std::array settings_columns{"uuid",
                                      "maintenance_mode",
                                      "silent_mode_enabled",
                                      "repository_storages_weighted",
                                      "hashed_storage_enabled",
                                      "container_registry_version",
                                      "container_registry_vendor",
                                      "container_registry_db_enabled",
                                      "geo_status_timeout",
                                      "enabled_git_access_protocol",
                                      "authorized_keys_enabled",
                                      "repository_checks_enabled",
                                      "database_max_running_batched_background_migrations",
                                      "gitlab_dedicated_instance",
                                      "elasticsearch_indexing",
                                      "elasticsearch_search",
                                      "spam_check_endpoint_enabled",
                                      "grafana_enabled",
                                      "sidekiq_job_limiter_mode",
                                      "allow_runner_registration_token",
                                      "deny_all_requests_except_allowed"};

// Tables whose size decides how long a step takes, or whether a conditional stop is needed or a known issue
// applies.
constexpr std::array estimated_tables{"users",
                                      "projects",
                                      "namespaces",
                                      "notes",
                                      "events",
                                      "merge_requests",
                                      "merge_request_diffs",
                                      "merge_request_diff_commits",
                                      "merge_request_diff_files",
                                      "ci_builds",
                                      "p_ci_builds",
                                      "ci_pipelines",
                                      "p_ci_pipelines",
                                      "ci_job_artifacts",
                                      "p_ci_job_artifacts",
                                      "ci_pipeline_variables",
                                      "p_ci_pipeline_variables",
                                      "ci_pipeline_messages",
                                      "packages_packages",
                                      "packages_package_files",
                                      "vulnerability_occurrences",
                                      "uploads",
                                      "web_hook_logs",
                                      "ai_self_hosted_models",
                                      "audit_events",
                                      "audit_events_external_audit_event_destinations",
                                      "audit_events_instance_external_audit_event_destinations",
                                      "audit_events_group_external_streaming_destinations",
                                      "audit_events_instance_external_streaming_destinations",
                                      "ci_builds_metadata",
                                      "design_management_designs",
                                      "oauth_access_tokens",
                                      "p_ci_builds_metadata",
                                      "subscription_user_add_on_assignments"};

// The planner's numbers, over the partitions where a table has any (its own are none then). A part that was
// never analysed says -1 since PostgreSQL 14, and 0 on no page before; so does one that was empty when it was
// last looked at and is not now.
constexpr auto estimates_question = R"sql(
WITH RECURSIVE named AS (
 SELECT name, to_regclass('public.' || name)::oid AS id FROM unnest($1::text[]) AS name),
part AS (
 SELECT name, id FROM named WHERE id IS NOT NULL
 UNION ALL SELECT part.name, i.inhrelid FROM part JOIN pg_inherits i ON i.inhparent = part.id)
SELECT part.name, sum(greatest(c.reltuples, 0))::bigint, sum(pg_total_relation_size(c.oid))::bigint,
 bool_or(c.relkind = 'r' AND (c.reltuples < 0 OR c.relpages = 0) AND pg_relation_size(c.oid) > 0)
FROM part JOIN pg_class c ON c.oid = part.id WHERE c.relkind IN ('r', 'p') GROUP BY part.name ORDER BY part.name)sql";

template <std::size_t size>
std::string array_of(const std::array<const char*, size>& names) {
    return fmt::format("{{{}}}", fmt::join(names, ","));
}

Result<void> add_feature(Postgres& server, v1::InstanceSettings& settings) {
    // Absent is the default, which is on.
    const auto gate = server.ask(
        "SELECT value FROM public.feature_gates"
        " WHERE feature_key = 'execute_batched_migrations_on_schedule' AND key = 'boolean'");
    if (!gate) return gate.error();
    if (!gate->empty()) {
        (*settings.mutable_values())["feature execute_batched_migrations_on_schedule"] =
            gate->front().text(0);
    }
    return {};
}

}  // namespace

std::span<const char* const> asked_tables() { return estimated_tables; }
std::span<const char* const> asked_columns() { return settings_columns; }

void look_at_background_migrations(Postgres& server, std::string_view database, Findings& out) {
    const auto columns = columns_of(server, "batched_background_migrations");
    if (!columns) return out.gap(columns.error(), migrations_affected);
    const auto rows = server.ask(migrations_question(*columns));
    if (!rows) return out.gap(rows.error(), migrations_affected);
    std::optional<Problem> unseen;
    for (std::size_t at = 0; at < std::min(rows->size(), migrations_limit); ++at) {
        auto migration = migration_of((*rows)[at], database);
        if (const auto progress = add_progress(server, migration); !progress) unseen = progress.error();
        *out.add(server.address()).mutable_background_migration() = std::move(migration);
    }
    if (unseen) out.gap(*unseen, "progress of background migrations");
    if (rows->size() > migrations_limit) {
        out.gap({v1::Gap::TOO_LARGE, server.address(), "there are more background migrations than are read"},
                migrations_affected);
    }
}

void look_at_instance_settings(Postgres& server, std::string_view database, Findings& out) {
    constexpr std::string_view affects = "settings of the instance";
    const auto columns = columns_of(server, "application_settings");
    if (!columns) return out.gap(columns.error(), affects);
    std::vector<std::string> wanted{"id"};
    for (const auto* column : settings_columns) {
        if (columns->contains(column)) wanted.emplace_back(column);
    }
    const auto rows = server.ask(fmt::format(
        "SELECT {} FROM public.application_settings ORDER BY id DESC LIMIT 1", fmt::join(wanted, ", ")));
    if (!rows) return out.gap(rows.error(), affects);
    v1::InstanceSettings settings;
    settings.set_database(std::string(database));
    for (std::size_t i = 1; !rows->empty() && i < wanted.size(); ++i) {
        if (!rows->front().null(i)) (*settings.mutable_values())[wanted[i]] = rows->front().text(i);
    }
    const auto feature = add_feature(server, settings);
    look_at_search_stores(server, settings, out);
    *out.add(server.address()).mutable_instance_settings() = std::move(settings);
    if (!feature) out.gap(feature.error(), "whether background migrations are executed on schedule");
}

void look_at_table_estimates(Postgres& server, std::string_view database, Findings& out) {
    const auto rows = server.ask(estimates_question, {array_of(estimated_tables)});
    if (!rows) return out.gap(rows.error(), "sizes of GitLab's tables");
    for (const auto& row : *rows) {
        auto& estimate = *out.add(server.address()).mutable_table_estimate();
        estimate.set_database(std::string(database));
        estimate.set_table(row.text(0));
        estimate.set_rows(row.size(1));
        estimate.set_size_bytes(row.size(2));
        estimate.set_never_analysed(row.truth(3));
    }
}

}  // namespace preflight::probes
