#include "readiness/checks/migrations_schema.h"

#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

std::string schema(std::string_view fields) {
    return "findings { probe: 'postgres' schema_migrations { database: 'main' " + std::string(fields) +
           " } } ";
}

FleetNode web(const std::string& findings, std::string_view name = "web1") {
    return node(name, roles("RAILS") + ran({"postgres"}) + findings);
}

std::vector<v1::Verdict> of(const std::string& findings) {
    return judged(migrations_schema, fleet_of({web(findings)}));
}

TEST(SchemaMigrations, AreReadyWhereEachWasRun) {
    const auto fleet = fleet_of({web(schema("applied: 900 files: 850")), node("gitaly1", roles("GITALY"))});
    EXPECT_THAT(judged(migrations_schema, fleet),
                ElementsAre(AllOf(says(v1::READY, "applied"), on(Names{"web1"}))));
    expect_no_loss_is_green(migrations_schema, fleet_of({web(schema("applied: 900 files: 850"))}), but_roles);
}

TEST(SchemaMigrations, BlockWhereSomeAreLeft) {
    const auto verdicts =
        of(schema("applied: 800 files: 850 pending: 50 pending_versions: '20260201000000'"));
    ASSERT_THAT(verdicts, ElementsAre(says(v1::BLOCKER, "pending")));
    EXPECT_EQ(
        verdicts[0].evidence(0).what(),
        "database main: 800 migrations applied, 850 files on the node, 50 pending, first 20260201000000");
    EXPECT_THAT(of(schema("applied: 849 files: 850 pending: 1 pending_post_deploy: 1")),
                ElementsAre(says(v1::BLOCKER, "post_deploy_pending")));
}

TEST(SchemaMigrations, AreSaidToBeRunPastPgbouncer) {
    const auto& checks = built_in_knowledge().checks();
    const auto text = std::ranges::find(checks, "migrations.schema", &v1::CheckText::id);
    ASSERT_NE(text, checks.end());
    Names keys;
    for (const auto& advice : text->advice()) {
        if (advice.remedy().find("Where Rails goes through PgBouncer") != std::string::npos)
            keys.push_back(advice.key());
    }
    EXPECT_THAT(keys, ElementsAre("pending", "post_deploy_pending"));
}

TEST(SchemaMigrations, WarnWhereTheDatabaseIsAheadOfTheNode) {
    EXPECT_THAT(of(schema("applied: 900 files: 850 unknown: 3")), ElementsAre(says(v1::WARNING, "ahead")));
    EXPECT_THAT(of(schema("applied: 900 files: 850 unknown: 3 pending: 2")),
                ElementsAre(says(v1::BLOCKER, "pending"), says(v1::WARNING, "ahead")));
}

TEST(SchemaMigrations, AreUnknownWhereTheyWereNotSeen) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of(schema("applied: 900")), ElementsAre(says(v1::UNKNOWN, "unseen")))
        << "no file of the node";
    EXPECT_THAT(of(schema("applied: 900 files: 850") + gap("postgres", "cause: TIMED_OUT")),
                UnorderedElementsAre(says(v1::UNKNOWN, "unseen"), says(v1::READY, "applied")))
        << "another database may be the one that was not seen";
    EXPECT_THAT(judged(migrations_schema, fleet_of({silent_node("web1")})),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"web1"}))));
    EXPECT_THAT(judged(migrations_schema, fleet_of({node("gitaly1", roles("GITALY"))})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(migrations_schema, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(SchemaMigrations, AreAskedOfEveryNodeOfTheApplication) {
    const auto fleet =
        fleet_of({web(schema("applied: 900 files: 850")), web("", "web2"), node_without_gitlab()});
    EXPECT_THAT(judged(migrations_schema, fleet),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"web2"})),
                            AllOf(says(v1::READY, "applied"), on(Names{"web1"}))));
}

TEST(SchemaMigrations, WithstandHostileNumbers) {
    EXPECT_THAT(of(schema("applied: 0 files: 4294967295 pending: 4294967295 pending_post_deploy: 4294967295"
                          " pending_versions: '' unknown: 4294967295")),
                ElementsAre(says(v1::BLOCKER, "post_deploy_pending"), says(v1::WARNING, "ahead")));
}

}  // namespace
}  // namespace preflight::readiness
