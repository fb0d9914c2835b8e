// What single known issues hang on in GitLab's tables, through the postgres probe.
#include "probes/table_facts.h"

#include <map>

#include "tests/probes/postgres_look.h"

namespace preflight::probes {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

class TableFacts : public PostgresProbe {
  protected:
    // Of each fact that was told, what: "yes", "no", or why it was not seen.
    std::map<std::string, std::string> facts_after(const std::string& sql, bool by_login = false) {
        server_.run("CREATE TABLE users (id int, user_type int, state text);" + sql);
        configure(tree_, by_login ? by_network(server_.port()) : by_socket(server_));
        found_ = look();
        std::map<std::string, std::string> facts;
        for (const auto& finding : found_) {
            if (!finding.has_table_fact()) continue;
            const auto& fact = finding.table_fact();
            facts[v1::TableFact::Fact_Name(fact.fact())] = !fact.unseen().empty() ? fact.unseen()
                                                           : fact.holds()         ? "yes"
                                                                                  : "no";
        }
        return facts;
    }

    PostgresServer server_;
    std::vector<v1::Finding> found_;
};

TEST_F(TableFacts, AreOfRowsThatAreThere) {
    const auto facts = facts_after(
        "INSERT INTO users VALUES (1, NULL, 'active'), (2, 0, 'blocked');"
        "CREATE TABLE oauth_access_tokens (id int, token text, expires_in int);"
        "INSERT INTO oauth_access_tokens VALUES (1, 'CANARY', NULL);"
        "CREATE TABLE personal_access_tokens (id int, user_id int, revoked boolean, expires_at date, "
        "last_used_at timestamptz);"
        "INSERT INTO personal_access_tokens VALUES (1, 1, false, NULL, now());"
        "CREATE TABLE push_rules (id int, branch_name_regex text);"
        "INSERT INTO push_rules VALUES (1, 'CANARY' || repeat('x', 506));"
        "CREATE TABLE remote_development_agent_configs (cluster_agent_id int);"
        "INSERT INTO remote_development_agent_configs VALUES (1), (1);"
        "CREATE TABLE keys (id int, user_id int, type text, last_used_at timestamptz);"
        "INSERT INTO keys VALUES (1, 2, 'DeployKey', now());"
        "CREATE TABLE identities (id int, provider text); INSERT INTO identities VALUES (1, 'bitbucket');"
        "CREATE TABLE work_item_types (id int, base_type int);"
        "INSERT INTO work_item_types VALUES (1, 0), (2, 2), (3, 1)");
    for (const auto* fact : {"OAUTH_TOKENS_WITHOUT_END", "ACCESS_TOKENS_WITHOUT_END", "USERS_WITHOUT_TYPE",
                             "LONG_PUSH_RULE", "WORKSPACE_AGENT_TWICE", "BLOCKED_USERS_KEY_IN_USE",
                             "BITBUCKET_IDENTITY", "WORK_ITEM_TYPES_RENUMBERED"}) {
        EXPECT_THAT(facts, Contains(Pair(fact, "yes")));
    }
    EXPECT_THAT(bytes_of(found_), Not(HasSubstr("CANARY")));
}

TEST_F(TableFacts, AreDeniedOfRowsThatAreOtherwise) {
    const auto facts = facts_after(
        "INSERT INTO users VALUES (1, 0, 'active'), (2, 0, 'blocked');"
        "CREATE TABLE oauth_access_tokens (id int, expires_in int);"
        "INSERT INTO oauth_access_tokens VALUES (1, 7200);"
        "CREATE TABLE personal_access_tokens (id int, user_id int, revoked boolean, expires_at date, "
        "last_used_at timestamptz);"
        "INSERT INTO personal_access_tokens VALUES (1, 1, true, NULL, now()), (2, 2, true, NULL, now());"
        "CREATE TABLE push_rules (id int, branch_name_regex text, note text);"
        "INSERT INTO push_rules VALUES (1, repeat('x', 511), repeat('x', 600));"
        "CREATE TABLE keys (id int, user_id int, type text, last_used_at timestamptz);"
        "INSERT INTO keys VALUES (1, 2, 'DeployKey', now() - interval '2 years'), (2, 2, 'Key', now()),"
        " (3, 1, 'DeployKey', now());"
        "CREATE TABLE work_item_types (id int, base_type int, namespace_id int);"
        "INSERT INTO work_item_types VALUES (1, 0, NULL), (2, 1, NULL), (3, 0, 7)");
    for (const auto* fact : {"OAUTH_TOKENS_WITHOUT_END", "ACCESS_TOKENS_WITHOUT_END", "USERS_WITHOUT_TYPE",
                             "LONG_PUSH_RULE", "BLOCKED_USERS_KEY_IN_USE", "WORK_ITEM_TYPES_RENUMBERED"}) {
        EXPECT_THAT(facts, Contains(Pair(fact, "no")));
    }
    EXPECT_THAT(facts, Contains(Pair("WORKSPACE_AGENT_TWICE", "no"))) << "without the table no row is so";
}

TEST_F(TableFacts, AreOfColumnsAndIndexesThatAreMissing) {
    const auto facts = facts_after(
        "CREATE TABLE ci_build_needs (id int);"
        "CREATE TABLE geo_nodes (id int, verification_max_capacity int, repos_max_capacity int,"
        " minimum_reverification_interval int, container_repositories_max_capacity int);"
        "CREATE TABLE issues (title text, description text);"
        "CREATE TABLE merge_requests (title text, description text);"
        "CREATE INDEX index_issues_on_title_trigram ON issues (title);"
        "CREATE INDEX index_issues_on_description_trigram ON issues (description);"
        "CREATE INDEX index_merge_requests_on_title_trigram ON merge_requests (title)");
    EXPECT_THAT(facts, Contains(Pair("BUILD_NEEDS_WITHOUT_BIGINT", "yes")));
    EXPECT_THAT(facts, Contains(Pair("GEO_NODES_WITHOUT_COLUMNS", "no")));
    EXPECT_THAT(facts, Contains(Pair("TRIGRAM_INDEX_MISSING", "yes")));
}

TEST_F(TableFacts, AreOfTheColumnThatAConstraintGuards) {
    EXPECT_THAT(facts_after("CREATE TABLE ci_deleted_objects (id int, project_id bigint);"
                            "INSERT INTO ci_deleted_objects VALUES (1, NULL);"
                            "ALTER TABLE ci_deleted_objects ADD CONSTRAINT check_98f90d6c53"
                            " CHECK (project_id IS NOT NULL) NOT VALID"),
                Contains(Pair("DELETED_OBJECT_WITHOUT_PROJECT", "yes")));
}

TEST_F(TableFacts, AreOfMigrationsThatTookATableOfOneRowForDone) {
    EXPECT_THAT(facts_after("CREATE TABLE batched_background_migrations (id int, status int, min_value int,"
                            " max_value int, queued_migration_version text, job_class_name text);"
                            "INSERT INTO batched_background_migrations VALUES"
                            " (1, 3, 1, 1, '20240101000000', 'Old'), (2, 3, 1, 9, '20251101000000', 'Many'),"
                            " (3, 6, 4, 4, '20251101000000', 'One')"),
                Contains(Pair("SINGLE_ROW_MIGRATION", "yes")));
}

TEST_F(TableFacts, AreNotSaidOfWhatTheVersionDoesNotHave) {
    const auto facts = facts_after("CREATE TABLE oauth_access_tokens (id int)");
    for (const auto* fact :
         {"OAUTH_TOKENS_WITHOUT_END", "BUILD_NEEDS_WITHOUT_BIGINT", "TRIGRAM_INDEX_MISSING",
          "GEO_NODES_WITHOUT_COLUMNS", "DELETED_OBJECT_WITHOUT_PROJECT"}) {
        EXPECT_THAT(facts, Not(Contains(Key(fact))));
    }
}

TEST_F(TableFacts, SayWhyTheyWereNotSeen) {
    const auto facts =
        facts_after(std::string("CREATE TABLE identities (id int, provider text);") + role, true);
    ASSERT_THAT(facts, Contains(Key("BITBUCKET_IDENTITY")));
    EXPECT_THAT(facts.at("BITBUCKET_IDENTITY"), Not(AnyOf("yes", "no", "")));
}

}  // namespace
}  // namespace preflight::probes
