#include "probes/table_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <set>
#include <string>

namespace preflight::probes {
namespace {

using Fact = v1::TableFact::Fact;

constexpr std::string_view affects = "what single known issues hang on in GitLab's tables";
// Of the rows that one question may read to its end where no index helps.
constexpr std::uint64_t size_limit_bytes = 128ULL << 20;

struct RowQuestion {
    Fact fact;
    bool everywhere;  // in each database, not in main alone
    std::string_view table;
    std::array<std::string_view, 3> columns;  // without which it cannot be asked
    std::string_view which;                   // after FROM and the table
    std::string_view also = {};               // another table that is read as far as this one
};

// doc/update/versions/gitlab_*_changes.md of GitLab names the tables and columns.
constexpr std::array row_questions{
    RowQuestion{v1::TableFact::OAUTH_TOKENS_WITHOUT_END,
                false,
                "oauth_access_tokens",
                {"expires_in"},
                "WHERE expires_in IS NULL"},
    RowQuestion{v1::TableFact::ACCESS_TOKENS_WITHOUT_END,
                false,
                "personal_access_tokens",
                {"expires_at", "revoked"},
                "WHERE expires_at IS NULL AND revoked IS NOT TRUE"},
    RowQuestion{v1::TableFact::USERS_WITHOUT_TYPE, false, "users", {"user_type"}, "WHERE user_type IS NULL"},
    RowQuestion{v1::TableFact::LONG_PUSH_RULE,
                false,
                "push_rules",
                {},
                "WHERE EXISTS (SELECT 1 FROM jsonb_each_text(to_jsonb(push_rules)) AS field"
                " WHERE right(field.key, 6) = '_regex' AND length(field.value) > 511)"},
    RowQuestion{v1::TableFact::WORKSPACE_AGENT_TWICE,
                false,
                "remote_development_agent_configs",
                {"cluster_agent_id"},
                "GROUP BY cluster_agent_id HAVING count(*) > 1"},
    RowQuestion{v1::TableFact::BLOCKED_USERS_KEY_IN_USE,
                false,
                "keys",
                {"user_id", "type", "last_used_at"},
                "JOIN public.users ON users.id = keys.user_id WHERE keys.type = 'DeployKey'"
                " AND keys.last_used_at > now() - interval '1 year'"
                " AND users.state IN ('banned', 'blocked', 'blocked_pending_approval', 'ldap_blocked')"
                " UNION ALL SELECT 1 FROM public.personal_access_tokens AS token"
                " JOIN public.users ON users.id = token.user_id WHERE token.revoked IS NOT TRUE"
                " AND token.last_used_at > now() - interval '1 year'"
                " AND users.state IN ('banned', 'blocked', 'blocked_pending_approval', 'ldap_blocked')",
                "personal_access_tokens"},
    // Queued by the migrations of 18.5 to 18.8, whose version is the day on which they were written.
    RowQuestion{v1::TableFact::SINGLE_ROW_MIGRATION,
                true,
                "batched_background_migrations",
                {"min_value", "max_value", "queued_migration_version"},
                "WHERE status IN (3, 6) AND min_value = max_value"
                " AND queued_migration_version BETWEEN '20250815000000' AND '20260131235959'"},
    RowQuestion{
        v1::TableFact::BITBUCKET_IDENTITY, false, "identities", {"provider"}, "WHERE provider = 'bitbucket'"},
    // Types of single groups are numbered as they come.
    RowQuestion{v1::TableFact::WORK_ITEM_TYPES_RENUMBERED,
                false,
                "work_item_types",
                {"id", "base_type"},
                "AS one JOIN public.work_item_types AS other ON one.id < other.id"
                " AND one.base_type > other.base_type WHERE to_jsonb(one) ->> 'namespace_id' IS NULL"
                " AND to_jsonb(other) ->> 'namespace_id' IS NULL"}};

constexpr std::string_view trigram_question = R"sql(
SELECT count(*) < 4 FROM pg_class WHERE relkind IN ('i', 'I') AND relnamespace = 'public'::regnamespace AND relname IN
 ('index_issues_on_title_trigram', 'index_issues_on_description_trigram', 'index_merge_requests_on_title_trigram',
  'index_merge_requests_on_description_trigram'))sql";

// The column that this constraint guards, where there is the constraint.
constexpr std::string_view guarded_question = R"sql(
SELECT quote_ident(a.attname) FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.conname = 'check_98f90d6c53' AND c.conrelid = to_regclass('public.ci_deleted_objects') LIMIT 1)sql";

constexpr std::string_view tables_question = R"sql(
SELECT c.relname, pg_relation_size(c.oid), a.attname FROM unnest($1::text[]) AS named(name)
JOIN pg_class c ON c.oid = to_regclass('public.' || named.name) JOIN pg_attribute a ON a.attrelid = c.oid
WHERE a.attnum > 0 AND NOT a.attisdropped)sql";

struct Table {
    std::uint64_t size_bytes = 0;
    std::set<std::string, std::less<>> columns;
};
using Tables = std::map<std::string, Table, std::less<>>;

Result<Tables> tables_of(Postgres& server) {
    std::string names = "{ci_build_needs,ci_deleted_objects,geo_nodes,issues,merge_requests,users";
    for (const auto& question : row_questions) names += fmt::format(",{}", question.table);
    const auto rows = server.ask(std::string(tables_question), {names + "}"});
    if (!rows) return rows.error();
    Tables tables;
    for (const auto& row : *rows) {
        auto& table = tables[row.text(0)];
        table.size_bytes = row.size(1);
        table.columns.insert(row.text(2));
    }
    return tables;
}

class Facts {
  public:
    Facts(Postgres& server, std::string_view database, const Tables& tables, Findings& out)
        : server_(server), database_(database), tables_(tables), out_(out) {}

    void rows(const RowQuestion& question) {
        const auto table = tables_.find(question.table);
        if (table == tables_.end()) return say(question.fact, false);
        const bool complete = std::ranges::all_of(question.columns, [&](std::string_view column) {
            return column.empty() || table->second.columns.contains(column);
        });
        if (!complete || is_too_large(question.fact, question.also)) return;
        any_row(question.fact, question.table, question.which);
    }

    void trigram_indexes() {
        if (!tables_.contains("issues") || !tables_.contains("merge_requests")) return;
        const auto missing = server_.ask(std::string(trigram_question));
        if (!missing) return say_unseen(v1::TableFact::TRIGRAM_INDEX_MISSING, missing.error().detail);
        say(v1::TableFact::TRIGRAM_INDEX_MISSING, missing->front().truth(0));
    }

    void columns(Fact fact, std::string_view table, std::initializer_list<std::string_view> wanted) {
        const auto found = tables_.find(table);
        if (found == tables_.end()) return;
        say(fact, std::ranges::any_of(wanted, [&](std::string_view column) {
                return !found->second.columns.contains(column);
            }));
    }

    void deleted_objects() {
        const auto column = server_.ask(std::string(guarded_question));
        constexpr auto fact = v1::TableFact::DELETED_OBJECT_WITHOUT_PROJECT;
        if (!column) return say_unseen(fact, column.error().detail);
        if (column->empty()) return;
        any_row(fact, "ci_deleted_objects", fmt::format("WHERE {} IS NULL", column->front().text(0)));
    }

  private:
    // True when the fact is settled with that.
    bool is_too_large(Fact fact, std::string_view table) {
        const auto found = tables_.find(table);
        if (found == tables_.end() || found->second.size_bytes <= size_limit_bytes) return false;
        say_unseen(fact, fmt::format("the table {} is too large to be read whole", table));
        return true;
    }

    void any_row(Fact fact, std::string_view table, std::string_view which) {
        if (is_too_large(fact, table)) return;
        const auto rows =
            server_.ask(fmt::format("SELECT EXISTS (SELECT 1 FROM public.{} {})", table, which));
        if (!rows) return say_unseen(fact, rows.error().detail);
        say(fact, rows->front().truth(0));
    }

    void say(Fact fact, bool holds) { add(fact).set_holds(holds); }

    // No gap, which would cast doubt on all that was read here: on a large instance this is the rule.
    void say_unseen(Fact fact, const std::string& why) { add(fact).set_unseen(why); }

    v1::TableFact& add(Fact fact) {
        auto& found = *out_.add(server_.address()).mutable_table_fact();
        found.set_database(database_);
        found.set_fact(fact);
        return found;
    }

    Postgres& server_;
    std::string database_;
    const Tables& tables_;
    Findings& out_;
};

}  // namespace

void look_at_table_facts(Postgres& server, std::string_view database, Findings& out) {
    const auto tables = tables_of(server);
    if (!tables) return out.gap(tables.error(), affects);
    if (!tables->contains("users")) return;  // not GitLab's, or not yet: that no table is there says nothing
    Facts facts(server, database, *tables, out);
    facts.columns(v1::TableFact::BUILD_NEEDS_WITHOUT_BIGINT, "ci_build_needs", {"id_convert_to_bigint"});
    facts.deleted_objects();
    const bool main = database == "main";
    for (const auto& question : row_questions) {
        if (main || question.everywhere) facts.rows(question);
    }
    if (!main) return;
    facts.trigram_indexes();
    facts.columns(v1::TableFact::GEO_NODES_WITHOUT_COLUMNS, "geo_nodes",
                  {"verification_max_capacity", "minimum_reverification_interval", "repos_max_capacity",
                   "container_repositories_max_capacity"});
}

}  // namespace preflight::probes
