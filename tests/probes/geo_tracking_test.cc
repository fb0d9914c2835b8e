// The tracking database of a Geo secondary, through the postgres probe.
#include "probes/geo_tracking.h"

#include <map>
#include <memory>

#include "tests/probes/postgres_look.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr auto tracking_of = only<&v1::Finding::has_geo_tracking, &v1::Finding::geo_tracking>;

constexpr auto tables = R"sql(
CREATE TABLE event_log_states (event_id bigint PRIMARY KEY, created_at timestamp NOT NULL);
INSERT INTO event_log_states VALUES (41, '2026-08-01 09:00:00'), (42, '2026-08-01 10:00:00');
CREATE TABLE lfs_object_registry (id bigserial, state smallint NOT NULL, verification_state smallint, missing_on_primary boolean,
 last_sync_failure text DEFAULT 'CANARY-failure');
INSERT INTO lfs_object_registry (state, verification_state, missing_on_primary) VALUES
 (0, 0, false), (1, 0, false), (2, 0, false), (2, 1, false), (2, 2, false), (2, 2, true), (2, 3, false), (2, 4, false), (3, 0, NULL);
CREATE TABLE container_repository_registry (id bigserial, state text);
INSERT INTO container_repository_registry (state) VALUES ('pending'), ('0'), (NULL), ('synced'), ('2'), ('failed'), ('4');
CREATE TABLE not_one_registry (id bigserial, payload text DEFAULT 'CANARY-payload');
CREATE TABLE secondary_usage_data (id bigserial, state int);
CREATE VIEW seen_registry AS SELECT 1 AS state;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO gitlab)sql";

// One server that holds both databases, as a small secondary's does not; each test makes the tables anew.
class GeoTracking : public PostgresProbe {
  protected:
    static void SetUpTestSuite() {
        server_ = std::make_unique<PostgresServer>(
            PostgresServer::Options{.settings = {"max_prepared_transactions = 1"}});
        server_->run(role);
        server_->run("CREATE DATABASE gitlabhq_geo_production");
    }
    static void TearDownTestSuite() { server_.reset(); }

    void SetUp() override {
        server_->run("DROP TABLE IF EXISTS geo_event_log");
        in_tracking(
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO gitlab");
        in_tracking(tables);
        configure(tree_, by_network(server_->port()));
        tree_.file(database_yml,
                   fmt::format("production:\n  geo:\n    database: gitlabhq_geo_production\n    {0}\n"
                               "  main:\n    database: gitlabhq_production\n    {0}\n",
                               fmt::join(by_network(server_->port()), "\n    ")));
    }
    static void in_tracking(const std::string& sql) { server_->run(sql, "gitlabhq_geo_production"); }

    static std::map<std::string, v1::GeoTracking::Registry> registries_in(
        const std::vector<v1::Finding>& found) {
        std::map<std::string, v1::GeoTracking::Registry> registries;
        for (const auto& registry : tracking_of(found).registries()) registries[registry.name()] = registry;
        return registries;
    }

    static std::unique_ptr<PostgresServer> server_;
};
std::unique_ptr<PostgresServer> GeoTracking::server_;

TEST_F(GeoTracking, FindsTheCursorBesideTheNewestEvent) {
    server_->run(
        "CREATE TABLE geo_event_log (id bigserial, created_at timestamp, payload text DEFAULT 'CANARY');"
        "GRANT SELECT ON geo_event_log TO gitlab;"
        "INSERT INTO geo_event_log VALUES (90, '2026-08-01 10:00:01'), (91, '2026-08-01 10:00:02')");
    const auto found = look();
    const auto& tracking = tracking_of(found);
    EXPECT_EQ(tracking.database(), "geo");
    EXPECT_EQ(tracking.cursor_event_id(), 42U);
    EXPECT_EQ(tracking.cursor_event_at().seconds(), 1785578400);
    EXPECT_EQ(tracking.last_event_id(), 91U) << "of the main database, though database.yml names it later";
    EXPECT_EQ(tracking.last_event_at().seconds(), 1785578402);
    EXPECT_THAT(tracking.denied(), IsEmpty());
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST_F(GeoTracking, SaysThatThereWasNoEventYet) {
    server_->run(
        "CREATE TABLE geo_event_log (id bigserial, created_at timestamp);"
        "GRANT SELECT ON geo_event_log TO gitlab");
    in_tracking("DELETE FROM event_log_states");
    const auto found = look();
    const auto& tracking = tracking_of(found);
    EXPECT_TRUE(tracking.has_cursor_event_id());
    EXPECT_EQ(tracking.cursor_event_id(), 0U);
    EXPECT_TRUE(tracking.has_last_event_id());
    EXPECT_EQ(tracking.last_event_id(), 0U);
}

TEST_F(GeoTracking, CountsTheStatesOfEachRegistry) {
    const auto found = look();
    EXPECT_FALSE(tracking_of(found).has_last_event_id()) << "the main database has no log of events";
    EXPECT_THAT(bytes_of(found), HasSubstr("the newest event that is to be replicated"));
    const auto registries = registries_in(found);
    ASSERT_THAT(registries, SizeIs(2)) << "neither a table without states nor a view";
    const auto& objects = registries.at("lfs_object_registry");
    EXPECT_TRUE(objects.counted());
    EXPECT_EQ(objects.rows(), 9U);
    EXPECT_EQ(objects.pending(), 1U);
    EXPECT_EQ(objects.started(), 1U);
    EXPECT_EQ(objects.synced(), 6U);
    EXPECT_EQ(objects.failed(), 1U);
    EXPECT_EQ(objects.verification_pending(), 2U) << "what is not here yet waits for no verification";
    EXPECT_EQ(objects.verified(), 2U);
    EXPECT_EQ(objects.verification_failed(), 1U);
    EXPECT_EQ(objects.missing_on_primary(), 1U);
    const auto& repositories = registries.at("container_repository_registry");
    EXPECT_EQ(repositories.rows(), 7U);
    EXPECT_EQ(repositories.pending(), 3U);
    EXPECT_EQ(repositories.synced(), 2U);
    EXPECT_EQ(repositories.failed(), 1U);
}

TEST_F(GeoTracking, EstimatesWhatIsTooLargeToBeCounted) {
    in_tracking("UPDATE pg_class SET reltuples = 30000000 WHERE relname = 'lfs_object_registry'");
    const auto found = look();
    const auto objects = registries_in(found).at("lfs_object_registry");
    EXPECT_FALSE(objects.counted());
    EXPECT_EQ(objects.rows(), 30000000U);
    EXPECT_EQ(objects.failed(), 0U);
    EXPECT_TRUE(registries_in(found).at("container_repository_registry").counted());
}

TEST_F(GeoTracking, EstimatesWhatIsLocked) {
    in_tracking("UPDATE pg_class SET reltuples = 9 WHERE relname = 'lfs_object_registry'");
    // Holds its lock without anybody who must stay connected.
    in_tracking("BEGIN; LOCK TABLE lfs_object_registry; PREPARE TRANSACTION 'held'");
    const auto found = look();
    in_tracking("ROLLBACK PREPARED 'held'");
    EXPECT_FALSE(registries_in(found).at("lfs_object_registry").counted());
    EXPECT_EQ(registries_in(found).at("lfs_object_registry").rows(), 9U);
    EXPECT_TRUE(registries_in(found).at("container_repository_registry").counted());
}

TEST_F(GeoTracking, NamesWhatThisLoginMayNotSee) {
    in_tracking("REVOKE SELECT ON event_log_states, lfs_object_registry FROM gitlab");
    const auto found = look();
    EXPECT_THAT(tracking_of(found).denied(), ElementsAre("event_log_states", "lfs_object_registry"));
    EXPECT_FALSE(tracking_of(found).has_cursor_event_id());
    EXPECT_THAT(registries_in(found), SizeIs(1));
}

TEST_F(GeoTracking, MissesTablesThatAreNotThere) {
    in_tracking("DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO gitlab");
    const auto found = look();
    EXPECT_FALSE(tracking_of(found).has_cursor_event_id());
    std::vector<std::string> affected;
    for (const auto& finding : found) {
        if (finding.gap().affects().find("Geo") == std::string::npos) continue;
        EXPECT_EQ(finding.gap().cause(), v1::Gap::ABSENT);
        affected.push_back(finding.gap().affects());
    }
    EXPECT_THAT(affected, ElementsAre("the last event that this Geo site has processed",
                                      "what this Geo site has replicated"));
}

TEST_F(GeoTracking, BearsTablesOfNonsense) {
    in_tracking(
        "CREATE TABLE \"x; DROP TABLE event_log_states; --'_registry\" (state int, verification_state text);"
        "CREATE TABLE \"A\u0001B\nC_registry\" (state varchar, missing_on_primary text);"
        "CREATE TABLE odd_registry (state jsonb);"
        "UPDATE event_log_states SET created_at = 'infinity' WHERE event_id = 42;"
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO gitlab");
    const auto found = look();
    const auto registries = registries_in(found);
    EXPECT_THAT(registries, Contains(::testing::Key("x; DROP TABLE event_log_states; --'_registry")));
    EXPECT_THAT(registries, Contains(::testing::Key("A?B?C_registry")));
    EXPECT_THAT(registries, SizeIs(4));
    EXPECT_EQ(tracking_of(found).cursor_event_id(), 42U);
    EXPECT_FALSE(tracking_of(found).has_cursor_event_at());
}

// Before it moved into database.yml.
TEST_F(GeoTracking, IsFoundInAFileOfItsOwn) {
    configure(tree_, by_network(server_->port()));
    tree_.file("/var/opt/gitlab/gitlab-rails/etc/database_geo.yml",
               fmt::format("production:\n  database: gitlabhq_geo_production\n  {}\n",
                           fmt::join(by_network(server_->port()), "\n  ")));
    const auto found = look();
    EXPECT_EQ(tracking_of(found).cursor_event_id(), 42U);
}

}  // namespace
}  // namespace preflight::probes
