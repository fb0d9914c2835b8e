#include "probes/praefect_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "probes/table_columns.h"

namespace preflight::probes {
namespace {

constexpr std::size_t rows_limit = 500;  // of one answer, and one more is asked for

constexpr std::string_view repositories_question = R"sql(
SELECT virtual_storage, count(*) FROM public.repositories GROUP BY 1 ORDER BY 1 LIMIT 501)sql";

// A replica may be primary when a quorum of Praefects sees its storage, it has the newest generation, and it
// is assigned to it: all of that is the view's.
constexpr std::string_view unavailable_question = R"sql(
SELECT r.virtual_storage, count(*) FROM public.repositories r
WHERE NOT EXISTS (SELECT FROM public.valid_primaries p WHERE {}) GROUP BY 1 ORDER BY 1 LIMIT 501)sql";

// Written by every Praefect about every storage, once a second or so.
constexpr std::string_view replicas_question = R"sql(
SELECT n.shard_name, n.node_name, extract(epoch FROM max(n.last_seen_active_at))::bigint,
 EXISTS (SELECT FROM public.healthy_storages h WHERE h.virtual_storage = n.shard_name AND h.storage = n.node_name)
FROM public.node_status n GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 501)sql";

constexpr std::string_view copies_question = R"sql(
SELECT s.virtual_storage, s.storage, count(*) FILTER (WHERE s.generation < r.generation),
 count(*) FILTER (WHERE s.verified_at IS NULL)
FROM public.storage_repositories s JOIN public.repositories r ON {} GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 501)sql";

// A job is taken out when it is completed; one that is given up stays as dead.
constexpr std::string_view queue_question = R"sql(
SELECT job->>'virtual_storage', state::text, count(*) FROM public.replication_queue
WHERE job->>'virtual_storage' IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 501)sql";

constexpr std::string_view praefects_question = R"sql(
SELECT DISTINCT shard_name, praefect_name FROM public.node_status
WHERE last_contact_attempt_at >= clock_timestamp() - interval '1 minute' ORDER BY 1, 2 LIMIT 501)sql";

class Asking {
  public:
    Asking(Postgres& server, Findings& out) : server_(server), out_(out) {}

    void ask() {
        const auto columns = columns_of(server_, "repositories");
        if (!columns) return out_.gap(columns.error(), "state of Praefect's repositories");
        about_repositories();
        about_replicas();
        each("queue", "replication jobs that wait", queue_question,
             [&](const PostgresRow& row) { (*state_of(row).mutable_queue())[row.text(1)] = row.size(2); });
        each("praefects", "which Praefects are at work", praefects_question,
             [&](const PostgresRow& row) { state_of(row).add_praefects(row.text(1)); });
        for (auto& [name, state] : states_) {
            for (const auto& part : denied_) state.add_denied(part);
            *out_.add(server_.address()).mutable_praefect_state() = std::move(state);
        }
    }

  private:
    // Each row to `take`; what was not answered, or has more rows than are told, is a gap.
    template <typename Take>
    void each(std::string_view part, std::string_view affects, std::string_view question, Take take) {
        const auto rows = server_.ask(std::string(question));
        if (!rows) {
            denied_.emplace(part);
            return out_.gap(rows.error(), affects);
        }
        for (std::size_t at = 0; at < std::min(rows->size(), rows_limit); ++at) take((*rows)[at]);
        if (rows->size() <= rows_limit) return;
        denied_.emplace(part);
        out_.gap({v1::Gap::TOO_LARGE, server_.address(), "there is more of it than is told"}, affects);
    }

    // Of the virtual storage that the row begins with.
    v1::PraefectState& state_of(const PostgresRow& row) {
        auto& state = states_[row.text(0)];
        state.set_virtual_storage(row.text(0));
        return state;
    }

    v1::PraefectState::Replica& replica_of(const PostgresRow& row) {
        auto& state = state_of(row);
        for (auto& replica : *state.mutable_replicas()) {
            if (replica.storage() == row.text(1)) return replica;
        }
        auto& replica = *state.add_replicas();
        replica.set_storage(row.text(1));
        return replica;
    }

    // A repository of `r` is that of the other: by its number, or by its place where that is all there is.
    std::string same_repository(std::string_view other_table, std::string_view other) {
        const auto columns = columns_of(server_, std::string(other_table));
        return columns && columns->contains("repository_id")
                   ? fmt::format("{}.repository_id = r.repository_id", other)
                   : fmt::format(
                         "{0}.virtual_storage = r.virtual_storage AND {0}.relative_path = "
                         "r.relative_path",
                         other);
    }

    void about_repositories() {
        each("repositories", "how many repositories Praefect has", repositories_question,
             [&](const PostgresRow& row) { state_of(row).set_repositories(row.size(1)); });
        each("unavailable", "repositories that no replica can serve",
             fmt::format(unavailable_question, same_repository("valid_primaries", "p")),
             [&](const PostgresRow& row) { state_of(row).set_unavailable(row.size(1)); });
    }

    void about_replicas() {
        each("replicas", "storages that Praefects see", replicas_question, [&](const PostgresRow& row) {
            auto& replica = replica_of(row);
            if (!row.null(2)) replica.mutable_last_seen_at()->set_seconds(row.number(2));
            replica.set_healthy(row.truth(3));
        });
        each("outdated", "replicas that are outdated or not verified",
             fmt::format(copies_question, same_repository("storage_repositories", "s")),
             [&](const PostgresRow& row) {
                 auto& replica = replica_of(row);
                 replica.set_outdated(row.size(2));
                 replica.set_unverified(row.size(3));
             });
    }

    Postgres& server_;
    Findings& out_;
    std::map<std::string, v1::PraefectState> states_;
    std::set<std::string> denied_;
};

}  // namespace

void look_at_praefect_state(Postgres& server, Findings& out) { Asking(server, out).ask(); }

}  // namespace preflight::probes
