#include "probes/geo_tracking.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "preflight/v1/geo.pb.h"
#include "probes/shown.h"
#include "probes/table_columns.h"

namespace preflight::probes {
namespace {

using Registry = v1::GeoTracking::Registry;

constexpr std::string_view affects = "what this Geo site has replicated";
constexpr std::size_t registries_limit = 100;
// Read to its end a table of this size takes a second or two. By the planner's numbers: to ask for the true
// size waits for whoever has the table locked.
constexpr std::uint64_t counted_rows = 2'000'000;
constexpr std::uint64_t counted_pages = 131'072;  // 1 GB

// Registries are known by their name and by their state, which is text in the oldest of them
// (container_repository_registry); new ones come with releases.
constexpr auto registries_question = R"sql(
SELECT c.relname, format('%I.%I', n.nspname, c.relname), greatest(c.reltuples, 0)::bigint, c.relpages,
 has_table_privilege(c.oid, 'SELECT'), state.atttypid IN ('text'::regtype, 'varchar'::regtype),
 EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname = 'verification_state'
  AND a.atttypid IN ('int2'::regtype, 'int4'::regtype)),
 EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname = 'missing_on_primary'
  AND a.atttypid = 'bool'::regtype)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute state ON state.attrelid = c.oid AND state.attname = 'state' AND NOT state.attisdropped
 AND state.atttypid IN ('int2'::regtype, 'int4'::regtype, 'text'::regtype, 'varchar'::regtype)
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname LIKE '%\_registry' ORDER BY c.relname LIMIT 101)sql";

std::string event_time() { return seconds_of({"created_at"}, "created_at"); }

// The codes are those of replicable_registry.rb and verifiable_registry.rb in ee/app/models/concerns/geo.
// Where the state is text it is a code or, as older releases wrote it, a word. Only what is here is verified:
// GitLab counts so as well.
std::string count_question(const PostgresRow& registry) {
    const bool words = registry.truth(5);
    const auto rows = [](const std::string& condition) {
        return fmt::format("count(*) FILTER (WHERE {})", condition);
    };
    const auto state = [&](int code, const char* word) {
        return words ? fmt::format("state IN ('{}', '{}')", code, word) : fmt::format("state = {}", code);
    };
    const auto pending = state(0, "pending") + (words ? " OR state IS NULL" : "");
    const auto verification = [&](const char* codes) {
        return registry.truth(6)
                   ? rows(state(2, "synced") + fmt::format(" AND verification_state IN ({})", codes))
                   : std::string("0");
    };
    return fmt::format("SELECT count(*), {}, {}, {}, {}, {}, {}, {}, {} FROM {}", rows(pending),
                       rows(state(1, "started")), rows(state(2, "synced")), rows(state(3, "failed")),
                       verification("2"), verification("0, 1"), verification("3"),
                       registry.truth(7) ? rows("missing_on_primary") : std::string("0"), registry.text(1));
}

void take_counts(const PostgresRow& counts, Registry& registry) {
    registry.set_counted(true);
    registry.set_rows(counts.size(0));
    registry.set_pending(counts.size(1));
    registry.set_started(counts.size(2));
    registry.set_synced(counts.size(3));
    registry.set_failed(counts.size(4));
    registry.set_verified(counts.size(5));
    registry.set_verification_pending(counts.size(6));
    registry.set_verification_failed(counts.size(7));
    registry.set_missing_on_primary(counts.size(8));
}

class Tracking {
  public:
    explicit Tracking(Postgres& server) : server_(server) {}

    v1::GeoTracking& said() { return said_; }

    Result<void> take_cursor() {
        const auto rows = server_.ask(fmt::format(
            "SELECT event_id, {} FROM public.event_log_states ORDER BY event_id DESC LIMIT 1", event_time()));
        if (!rows) return miss("event_log_states", rows.error());
        if (rows->empty()) {
            said_.set_cursor_event_id(0);
            return {};
        }
        const auto& row = rows->front();
        said_.set_cursor_event_id(row.size(0));
        if (!row.null(1)) said_.mutable_cursor_event_at()->set_seconds(row.number(1));
        return {};
    }

    Result<void> take_registries() {
        const auto rows = server_.ask(registries_question);
        if (!rows) return rows.error();
        if (rows->empty())
            return Problem{v1::Gap::ABSENT, server_.address(), "there is no table of a registry"};
        for (std::size_t at = 0; at < std::min(rows->size(), registries_limit); ++at) {
            if (const auto counted = take_registry((*rows)[at]); !counted) return counted.error();
        }
        if (rows->size() <= registries_limit) return {};
        return Problem{v1::Gap::TOO_LARGE, server_.address(), "there are more registries than are read"};
    }

  private:
    // What this login may not see is named with the finding.
    Result<void> miss(const std::string& table, const Problem& problem) {
        if (problem.cause != v1::Gap::DENIED) return problem;
        said_.add_denied(table);
        return {};
    }

    // A table that could not be counted in time is as good as one that is too large.
    Result<void> take_registry(const PostgresRow& row) {
        Registry registry;
        registry.set_name(shown(row.text(0)));
        registry.set_rows(row.size(2));
        if (!row.truth(4)) return miss(registry.name(), {v1::Gap::DENIED, server_.address(), ""});
        if (row.size(2) <= counted_rows && row.size(3) <= counted_pages) {
            const auto counts = server_.ask(count_question(row));
            if (counts) {
                take_counts(counts->front(), registry);
            } else if (counts.error().cause != v1::Gap::TIMED_OUT) {
                return miss(registry.name(), counts.error());
            }
        }
        *said_.add_registries() = std::move(registry);
        return {};
    }

    Postgres& server_;
    v1::GeoTracking said_;
};

}  // namespace

Result<GeoEvent> newest_geo_event(Postgres& main) {
    const auto rows = main.ask(
        fmt::format("SELECT id, {} FROM public.geo_event_log ORDER BY id DESC LIMIT 1", event_time()));
    if (!rows) return rows.error();
    if (rows->empty()) return GeoEvent{0, std::nullopt};
    const auto& row = rows->front();
    return GeoEvent{row.size(0), row.null(1) ? std::nullopt : std::optional(row.number(1))};
}

void look_at_geo_tracking(Postgres& server, std::string_view database, const GeoEvent& newest,
                          Findings& out) {
    Tracking tracking(server);
    const auto cursor = tracking.take_cursor();
    const auto registries = tracking.take_registries();
    auto& said = tracking.said();
    said.set_address(server.address());
    said.set_database(std::string(database));
    if (newest.id) said.set_last_event_id(*newest.id);
    if (newest.at_seconds) said.mutable_last_event_at()->set_seconds(*newest.at_seconds);
    *out.add(server.address()).mutable_geo_tracking() = std::move(said);
    if (!cursor) out.gap(cursor.error(), "the last event that this Geo site has processed");
    if (!registries) out.gap(registries.error(), affects);
}

}  // namespace preflight::probes
