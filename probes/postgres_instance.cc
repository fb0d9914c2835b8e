#include "probes/postgres_instance.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace preflight::probes {
namespace {

// Views and functions: https://www.postgresql.org/docs/current/monitoring-stats.html and catalogs.html; tried
// with 15.

constexpr std::size_t rows_limit = 100;  // of one answer; of those that may have more, one more is asked for

// By name, as SHOW has them: with their units. Time limits are left out: those of this session are our own.
constexpr std::string_view settings_question = R"sql(
SELECT name, current_setting(name), pending_restart FROM pg_settings
WHERE pending_restart OR name IN ('max_connections', 'shared_buffers', 'work_mem', 'maintenance_work_mem',
 'max_locks_per_transaction',
 'max_worker_processes', 'max_slot_wal_keep_size', 'wal_level', 'wal_keep_size', 'max_replication_slots', 'max_wal_senders',
 'hot_standby', 'hot_standby_feedback', 'max_standby_streaming_delay', 'autovacuum', 'autovacuum_freeze_max_age',
 'data_checksums', 'shared_preload_libraries', 'synchronous_commit', 'synchronous_standby_names', 'ssl', 'archive_mode',
 'password_encryption', 'track_counts', 'default_transaction_isolation', 'quote_all_identifiers')
ORDER BY name)sql";

// What is installed here, and what GitLab needs and the server has at hand.
constexpr std::string_view extensions_question = R"sql(
SELECT name, coalesce(installed_version, ''), coalesce(default_version, '') FROM pg_available_extensions
WHERE installed_version IS NOT NULL OR name IN ('pg_trgm', 'btree_gist', 'amcheck') ORDER BY name)sql";

// Only collations that an index was built with: their drift is what corrupts.
constexpr std::string_view collations_question = R"sql(
SELECT DISTINCT c.collname, coalesce(c.collversion, ''), coalesce(pg_collation_actual_version(c.oid), '')
FROM pg_index i CROSS JOIN LATERAL unnest(i.indcollation::oid[]) AS used(oid) JOIN pg_collation c ON c.oid = used.oid
WHERE c.collversion IS DISTINCT FROM pg_collation_actual_version(c.oid) ORDER BY 1 LIMIT 101)sql";

// Since 15 each database remembers the version of its own collation.
constexpr std::string_view database_collation_question = R"sql(
SELECT 'database ' || datname, coalesce(datcollversion, ''), coalesce(pg_database_collation_actual_version(oid), '')
FROM pg_database WHERE datname = current_database()
 AND datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid))sql";

constexpr std::string_view databases_question = R"sql(
SELECT datname, CASE WHEN has_database_privilege(oid, 'CONNECT') THEN pg_database_size(oid) END, age(datfrozenxid)
FROM pg_database WHERE datallowconn ORDER BY datname LIMIT 101)sql";

// A replica hands on what it has received: it may have slots and replicas of its own (of a Geo secondary with
// several servers, the first one does).
constexpr std::string_view slots_question = R"sql(
SELECT slot_name, slot_type, active, coalesce(wal_status, ''), pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery()
  THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END, restart_lsn)::bigint
FROM pg_replication_slots ORDER BY slot_name LIMIT 101)sql";

// What only keeps the log (pg_receivewal) replays nothing.
constexpr std::string_view replicas_question = R"sql(
SELECT application_name, coalesce(host(client_addr), ''), coalesce(state, ''), coalesce(sync_state, ''),
 pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery()
  THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END,
  coalesce(replay_lsn, flush_lsn, write_lsn, sent_lsn))::bigint
FROM pg_stat_replication ORDER BY 1, 2 LIMIT 101)sql";

// 0 where all that comes was replayed: an idle primary sends nothing, and the last replay grows old without
// any lag. Where nothing can come any more it is a lag, though all that came was replayed. NULL where nothing
// was replayed since the server started: then nobody knows.
constexpr std::string_view replay_question = R"sql(
SELECT CASE WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
 ELSE (extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::bigint END,
 (SELECT status FROM pg_stat_wal_receiver LIMIT 1))sql";

constexpr std::string_view invalid_indexes_question = R"sql(
SELECT n.nspname || '.' || c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT i.indisvalid ORDER BY 1 LIMIT 101)sql";

// By the pages that were counted when it was last built or vacuumed: to measure it would wait for its locks.
constexpr std::string_view largest_index_question = R"sql(
SELECT coalesce(max(relpages), 0)::bigint * current_setting('block_size')::bigint FROM pg_class WHERE relkind = 'i')sql";

constexpr std::string_view transactions_question = R"sql(
SELECT count(*) FILTER (WHERE clock_timestamp() - xact_start > interval '5 minutes'),
 coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::bigint
FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())sql";

class Asking {
  public:
    explicit Asking(Postgres& server) : server_(server) {}

    Result<v1::PostgresInstance> ask() {
        const auto basics = server_.ask(
            "SELECT current_setting('server_version'), current_setting('server_version_num'), "
            "pg_is_in_recovery(),"
            " current_setting('server_encoding'), datcollate, datname FROM pg_database WHERE datname = "
            "current_database()");
        if (!basics) return basics.error();
        if (basics->empty())
            return Problem{v1::Gap::MALFORMED, server_.address(), "the server does not know its database"};
        take_basics(basics->front());
        about_itself();
        about_database();
        about_replication();
        about_activity();
        return std::move(said_);
    }

  private:
    void take_basics(const PostgresRow& row) {
        said_.set_address(server_.address());
        said_.set_through_pgbouncer(server_.pooled());
        // "17.5 (Debian 17.5-1)": the number alone.
        const auto version = row.text(0);
        said_.set_version(version.substr(0, version.find(' ')));
        said_.set_version_number(static_cast<std::uint32_t>(row.size(1)));
        said_.set_role(row.truth(2) ? v1::PostgresInstance::REPLICA : v1::PostgresInstance::PRIMARY);
        said_.set_encoding(row.text(3));
        said_.set_collation(row.text(4));
        said_.set_database(row.text(5));
    }

    // Each row to `take`; what was not answered, or has more rows than are told, is named.
    template <typename Take>
    void each(std::string_view part, std::string_view question, Take take) {
        const auto rows = server_.ask(std::string(question));
        if (!rows) {
            deny(part);
            return;
        }
        for (std::size_t at = 0; at < std::min(rows->size(), rows_limit); ++at) take((*rows)[at]);
        if (rows->size() > rows_limit) deny(part);
    }

    void about_itself() {
        each("system_identifier", "SELECT system_identifier FROM pg_control_system()",
             [&](const PostgresRow& row) { said_.set_system_identifier(row.text(0)); });
        each("settings", settings_question, [&](const PostgresRow& row) {
            (*said_.mutable_settings())[row.text(0)] = row.text(1);
            if (row.truth(2)) said_.add_pending_restart(row.text(0));
        });
        each("tablespaces",
             "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname NOT IN ('pg_default', "
             "'pg_global')",
             [&](const PostgresRow& row) { said_.add_tablespaces(row.text(0)); });
    }

    void about_database() {
        each("extensions", extensions_question, [&](const PostgresRow& row) {
            auto& extension = *said_.add_extensions();
            extension.set_name(row.text(0));
            extension.set_version(row.text(1));
            extension.set_default_version(row.text(2));
        });
        const auto take_drift = [&](const PostgresRow& row) {
            auto& drift = *said_.add_drifted();
            drift.set_name(row.text(0));
            drift.set_stored(row.text(1));
            drift.set_actual(row.text(2));
        };
        each("collations", collations_question, take_drift);
        if (said_.version_number() >= 150000) each("collations", database_collation_question, take_drift);
        each("databases", databases_question, [&](const PostgresRow& row) {
            auto& database = *said_.add_databases();
            database.set_name(row.text(0));
            if (row.null(1)) deny("databases");
            database.set_size_bytes(row.size(1));
            database.set_transaction_age(row.size(2));
        });
        each("invalid_indexes", invalid_indexes_question,
             [&](const PostgresRow& row) { said_.add_invalid_indexes(row.text(0)); });
        each("largest_index", largest_index_question,
             [&](const PostgresRow& row) { said_.set_largest_index_bytes(row.size(0)); });
    }

    void about_replication() {
        each("slots", slots_question, [&](const PostgresRow& row) {
            auto& slot = *said_.add_slots();
            slot.set_name(row.text(0));
            slot.set_type(row.text(1));
            slot.set_active(row.truth(2));
            slot.set_wal_status(row.text(3));
            slot.set_retained_bytes(row.size(4));
        });
        each("replicas", replicas_question, [&](const PostgresRow& row) {
            auto& replica = *said_.add_replicas();
            replica.set_name(row.text(0));
            replica.set_address(row.text(1));
            replica.set_state(row.text(2));
            replica.set_sync_state(row.text(3));
            if (row.null(4)) deny("replicas");
            replica.set_replay_lag_bytes(row.size(4));
        });
        if (said_.role() != v1::PostgresInstance::REPLICA) return;
        each("replay", replay_question, [&](const PostgresRow& row) {
            if (row.null(0)) deny("replay");
            said_.set_replay_lag_milliseconds(row.size(0));
            said_.set_receiver_status(row.text(1));
        });
    }

    void about_activity() {
        // Of others' sessions and of replication a login sees the rows, but nothing in them, without this
        // right.
        bool sees_all = false;
        each("transactions", "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')",
             [&](const PostgresRow& row) { sees_all = row.truth(0); });
        if (sees_all) {
            each("transactions", transactions_question, [&](const PostgresRow& row) {
                said_.set_long_transactions(static_cast<std::uint32_t>(row.size(0)));
                said_.set_oldest_transaction_seconds(row.size(1));
            });
        } else {
            for (const auto* part : {"transactions", "replicas"}) deny(part);
            if (said_.role() == v1::PostgresInstance::REPLICA) deny("replay");
            said_.clear_replicas();
        }
        each("prepared_transactions", "SELECT count(*) FROM pg_prepared_xacts", [&](const PostgresRow& row) {
            said_.set_prepared_transactions(static_cast<std::uint32_t>(row.size(0)));
        });
    }

    // Once, however often it was missed.
    void deny(std::string_view part) {
        if (std::ranges::count(said_.denied(), part) == 0) said_.add_denied(std::string(part));
    }

    Postgres& server_;
    v1::PostgresInstance said_;
};

}  // namespace

Result<v1::PostgresInstance> ask_instance(Postgres& server) { return Asking(server).ask(); }

}  // namespace preflight::probes
