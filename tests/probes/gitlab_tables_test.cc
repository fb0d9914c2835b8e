// What GitLab's own tables say, through the postgres probe.
#include "probes/gitlab_tables.h"

#include <algorithm>
#include <map>

#include "tests/probes/postgres_look.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using GitlabTables = PostgresProbe;

constexpr auto migrations_table = R"sql(
CREATE TABLE batched_background_migrations (id bigint PRIMARY KEY, created_at timestamptz NOT NULL, updated_at timestamptz,
 started_at timestamptz, on_hold_until timestamptz, status smallint, job_class_name text, table_name text, column_name text,
 total_tuple_count bigint, gitlab_schema text, queued_migration_version text);
CREATE TABLE batched_background_migration_jobs (id bigint, batched_background_migration_id bigint, status smallint,
 attempts smallint, batch_size int, started_at timestamptz, finished_at timestamptz, updated_at timestamptz);
INSERT INTO batched_background_migrations VALUES
 (7, now(), now(), now(), NULL, 1, 'BackfillThings', 'things', 'id', 10000, 'gitlab_main', '20260101000000'),
 (8, now(), now(), now(), NULL, 3, 'Finished', 'things', 'id', 1, 'gitlab_main', '20250101000000'),
 (9, now(), now(), now(), NULL, 6, 'Finalized', 'things', 'id', 1, 'gitlab_main', '20250101000000');
INSERT INTO batched_background_migration_jobs VALUES
 (1, 7, 3, 1, 1000, now() - interval '2 hours', now() - interval '1 hour', now()),
 (2, 7, 3, 1, 1000, now() - interval '1 hour', now(), now()),
 (3, 7, 3, 1, 500, now() - interval '40 hours', now() - interval '39 hours', now()),
 (4, 7, 2, 3, 1000, now(), NULL, now()),
 (5, 7, 1, 1, 1000, now() - interval '3 hours', NULL, now() - interval '2 hours'))sql";

TEST_F(GitlabTables, FindsBackgroundMigrationsWithProgressAndRate) {
    PostgresServer server;
    server.run(migrations_table);
    configure(tree_, by_socket(server));
    const auto found = look();
    const auto& migration = migration_of(found);
    EXPECT_EQ(migration.id(), 7U);
    EXPECT_EQ(migration.database(), "main");
    EXPECT_EQ(migration.job(), "BackfillThings");
    EXPECT_EQ(migration.status(), v1::BackgroundMigration::ACTIVE);
    EXPECT_EQ(migration.queued_version(), "20260101000000");
    EXPECT_EQ(migration.total_rows(), 10000U);
    EXPECT_EQ(migration.done_rows(), 2500U);
    EXPECT_NEAR(migration.rows_per_hour(), 1000, 10);
    EXPECT_EQ(migration.failed_jobs(), 1U);
    EXPECT_EQ(migration.stuck_jobs(), 1U);
}

TEST_F(GitlabTables, SaysThatThereAreMoreBackgroundMigrationsThanItReads) {
    PostgresServer server;
    server.run(migrations_table);
    server.run(
        "INSERT INTO batched_background_migrations SELECT 100 + n, now(), now(), now(), NULL, 1, 'Backfill', "
        "'things', 'id', 10, 'gitlab_main', '20260101000000' FROM generate_series(1, 200) AS n");
    configure(tree_, by_socket(server));
    const auto found = look();
    EXPECT_EQ(std::ranges::count_if(found, &v1::Finding::has_background_migration), 200);
    const auto too_many = [](const v1::Finding& one) {
        return one.gap().cause() == v1::Gap::TOO_LARGE &&
               one.gap().detail() == "there are more background migrations than are read";
    };
    EXPECT_EQ(std::ranges::count_if(found, too_many), 1);
}

// Before 15.0 there was no gitlab_schema, before 16.3 no queued_migration_version.
TEST_F(GitlabTables, ReadsTheTablesOfOlderReleases) {
    PostgresServer server;
    server.run(migrations_table);
    server.run(
        "ALTER TABLE batched_background_migrations DROP COLUMN gitlab_schema, DROP COLUMN "
        "queued_migration_version,"
        " DROP COLUMN on_hold_until; UPDATE batched_background_migrations SET status = 0 WHERE id = 7");
    configure(tree_, by_socket(server));
    const auto found = look();
    EXPECT_EQ(migration_of(found).status(), v1::BackgroundMigration::PAUSED);
    EXPECT_EQ(migration_of(found).queued_version(), "");
}

TEST_F(GitlabTables, ComparesMigrationsWithTheFilesOnDisk) {
    PostgresServer server;
    server.run(
        "CREATE TABLE schema_migrations (version text); INSERT INTO schema_migrations VALUES"
        " ('20200101000000'), ('20260101000000'), ('20260301000000')");
    const std::string rails = "/opt/gitlab/embedded/service/gitlab-rails/db/";
    tree_.file(rails + "migrate/20260101000000_one.rb", "").file(rails + "migrate/20260201000000_two.rb", "");
    tree_.file(rails + "post_migrate/20260202000000_three.rb", "").file(rails + "migrate/.rubocop.yml", "");
    configure(tree_, by_socket(server));
    const auto found = look();
    const auto& schema = schema_of(found);
    EXPECT_EQ(schema.applied(), 3U);
    EXPECT_EQ(schema.files(), 3U);
    EXPECT_THAT(schema.pending_versions(), ElementsAre("20260201000000", "20260202000000"));
    EXPECT_EQ(schema.pending_post_deploy(), 1U);
    EXPECT_THAT(schema.unknown_versions(), ElementsAre("20260301000000"))
        << "older than the oldest file are squashed";
}

TEST_F(GitlabTables, ReadsSettingsOfTheInstanceButNoSecretAmongThem) {
    PostgresServer server;
    server.run(
        "CREATE TABLE application_settings (id int, maintenance_mode boolean, repository_storages_weighted "
        "jsonb,"
        " elasticsearch_url text, runners_registration_token_encrypted text);"
        "INSERT INTO application_settings VALUES (1, true, '{\"default\": 100}', 'https://CANARY@es', "
        "'CANARY')");
    configure(tree_, by_socket(server));
    const auto found = look();
    EXPECT_EQ(settings_of(found).values().at("maintenance_mode"), "t");
    EXPECT_EQ(settings_of(found).values().at("repository_storages_weighted"), "{\"default\": 100}");
    EXPECT_THAT(bytes_of(found), HasSubstr("executed on schedule")) << "there is no feature_gates";
    EXPECT_THAT(bytes_of(found), HasSubstr("schema migrations that are pending")) << "nor Rails' code";
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

std::map<std::string, v1::TableEstimate> estimates_in(const std::vector<v1::Finding>& findings) {
    std::map<std::string, v1::TableEstimate> found;
    for (const auto& finding : findings) {
        if (finding.has_table_estimate()) found[finding.table_estimate().table()] = finding.table_estimate();
    }
    return found;
}

TEST_F(GitlabTables, EstimatesRowsOverPartitions) {
    PostgresServer server;
    server.run(
        "CREATE TABLE users (id int); INSERT INTO users SELECT generate_series(1, 1000);"
        "CREATE TABLE p_ci_builds (id int) PARTITION BY RANGE (id);"
        "CREATE TABLE a PARTITION OF p_ci_builds FOR VALUES FROM (0) TO (500);"
        "CREATE TABLE b PARTITION OF p_ci_builds FOR VALUES FROM (500) TO (1000);"
        "INSERT INTO p_ci_builds SELECT generate_series(0, 899)");
    server.run("ANALYZE users, a, b");
    configure(tree_, by_socket(server));
    const auto found = estimates_in(look());
    EXPECT_EQ(found.at("users").rows(), 1000U);
    EXPECT_FALSE(found.at("users").never_analysed());
    EXPECT_EQ(found.at("p_ci_builds").rows(), 900U);
    EXPECT_FALSE(found.at("p_ci_builds").never_analysed());
}

// Nobody has counted anything there yet: no rows, but for what is empty for sure.
TEST_F(GitlabTables, SaysWhichTablesWereNeverAnalysed) {
    PostgresServer server;
    server.run(
        "CREATE TABLE users (id int) WITH (autovacuum_enabled = off);"
        "INSERT INTO users SELECT generate_series(1, 1000);"
        "CREATE TABLE projects (id int PRIMARY KEY) WITH (autovacuum_enabled = off);"
        "CREATE TABLE notes (id int) WITH (autovacuum_enabled = off);"
        "CREATE TABLE p_ci_builds (id int) PARTITION BY RANGE (id);"
        "CREATE TABLE a PARTITION OF p_ci_builds FOR VALUES FROM (0) TO (500) WITH (autovacuum_enabled = "
        "off);"
        "CREATE TABLE b PARTITION OF p_ci_builds FOR VALUES FROM (500) TO (1000) WITH (autovacuum_enabled = "
        "off);"
        "INSERT INTO p_ci_builds SELECT generate_series(0, 899)");
    server.run("ANALYZE a");
    server.run("ANALYZE notes");
    server.run("INSERT INTO notes VALUES (1)");
    configure(tree_, by_socket(server));
    const auto found = estimates_in(look());
    EXPECT_TRUE(found.at("users").never_analysed());
    EXPECT_EQ(found.at("users").rows(), 0U);
    EXPECT_FALSE(found.at("projects").never_analysed());
    EXPECT_TRUE(found.at("notes").never_analysed()) << "it was empty then, and is not now";
    EXPECT_TRUE(found.at("p_ci_builds").never_analysed());
    EXPECT_EQ(found.at("p_ci_builds").rows(), 500U) << "of the part that was";
}

}  // namespace
}  // namespace preflight::probes
