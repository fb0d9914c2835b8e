// What Praefect's own database says, through the postgres probe.
#include "probes/praefect_state.h"

#include <map>

#include "tests/probes/postgres_look.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::Property;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr auto tables = R"sql(
CREATE TYPE replication_job_state AS ENUM ('ready', 'in_progress', 'completed', 'failed', 'dead');
CREATE TABLE repositories (repository_id bigint PRIMARY KEY, virtual_storage text, relative_path text, generation bigint);
CREATE TABLE storage_repositories (repository_id bigint, virtual_storage text, relative_path text, storage text,
 generation bigint, verified_at timestamptz);
CREATE TABLE node_status (praefect_name text, shard_name text, node_name text,
 last_contact_attempt_at timestamptz, last_seen_active_at timestamptz);
CREATE TABLE replication_queue (id bigint, state replication_job_state, job jsonb))sql";

// Of the two that stand for Praefect's own: a storage is healthy when anybody saw it, a replica may be
// primary when it is healthy and has the newest generation.
constexpr auto views = R"sql(
CREATE VIEW healthy_storages AS SELECT shard_name AS virtual_storage, node_name AS storage FROM node_status
 WHERE last_seen_active_at >= now() - interval '10 seconds' GROUP BY 1, 2;
CREATE VIEW valid_primaries AS SELECT r.repository_id, r.virtual_storage, r.relative_path, s.storage
 FROM repositories r JOIN storage_repositories s USING (repository_id, generation)
 JOIN healthy_storages h ON h.virtual_storage = r.virtual_storage AND h.storage = s.storage)sql";

// Of `default`: the second repository is behind on gitaly-2, the third is up to date on gitaly-3 alone, which
// nobody has seen for an hour.
constexpr auto rows = R"sql(
INSERT INTO repositories VALUES (1, 'default', '@hashed/a.git', 5), (2, 'default', '@hashed/b.git', 7),
 (3, 'default', '@hashed/c.git', 2), (4, 'archive', '@hashed/a.git', 1);
INSERT INTO storage_repositories VALUES
 (1, 'default', '@hashed/a.git', 'gitaly-1', 5, now()), (1, 'default', '@hashed/a.git', 'gitaly-2', 5, now()),
 (2, 'default', '@hashed/b.git', 'gitaly-1', 7, NULL), (2, 'default', '@hashed/b.git', 'gitaly-2', 6, NULL),
 (3, 'default', '@hashed/c.git', 'gitaly-1', 1, now()), (3, 'default', '@hashed/c.git', 'gitaly-3', 2, now()),
 (4, 'archive', '@hashed/a.git', 'gitaly-9', 1, now());
INSERT INTO node_status SELECT praefect, shard, node, now(), CASE node WHEN 'gitaly-3' THEN
 timestamptz '2026-08-01 12:00:00Z' ELSE now() + interval '1 hour' END FROM (VALUES ('praefect-1'), ('praefect-2')) p(praefect),
 (VALUES ('default', 'gitaly-1'), ('default', 'gitaly-2'), ('default', 'gitaly-3'), ('archive', 'gitaly-9')) n(shard, node);
INSERT INTO node_status VALUES ('praefect-gone', 'default', 'gitaly-1', now() - interval '1 hour', NULL);
INSERT INTO replication_queue VALUES (1, 'ready', '{"virtual_storage": "default"}'), (2, 'ready',
 '{"virtual_storage": "default"}'), (3, 'dead', '{"virtual_storage": "default"}'), (4, 'failed', '{"virtual_storage": "archive"}'))sql";

class PraefectStateTest : public PostgresProbe {
  protected:
    PraefectStateTest() {
        server_.run("CREATE ROLE praefect LOGIN PASSWORD 'CANARY-password'", "postgres");
        server_.run("CREATE DATABASE praefect_production", "postgres");
        // A second way to the same database, as beside a pooler.
        tree_.file(
            "/var/opt/gitlab/praefect/config.toml",
            fmt::format("[database]\nhost = '127.0.0.1'\nport = {0}\ndbname = 'praefect_production'\nuser = "
                        "'praefect'\npassword = 'CANARY-password'\nsslmode = 'disable'\n"
                        "[database.session_pooled]\nhost = '{1}'\nport = {0}\n"
                        "[[virtual_storage]]\nname = 'default'\n[[virtual_storage.node]]\n"
                        "storage = 'gitaly-1'\naddress = 'tcp://10.0.0.1:8075'\n",
                        server_.port(), server_.socket_directory()));
    }
    void run(const std::string& sql) { server_.run(sql, "praefect_production"); }
    void fill() {
        for (const auto* sql : {tables, views, rows}) run(sql);
        run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO praefect");
    }
    // By virtual storage.
    static std::map<std::string, v1::PraefectState> states_of(const std::vector<v1::Finding>& found) {
        std::map<std::string, v1::PraefectState> states;
        for (const auto& finding : found) {
            if (!finding.has_praefect_state()) continue;
            const auto& state = finding.praefect_state();
            EXPECT_TRUE(states.emplace(state.virtual_storage(), state).second) << "twice";
        }
        return states;
    }

    PostgresServer server_;
};

TEST_F(PraefectStateTest, TellsOfEachVirtualStorage) {
    fill();
    const auto found = look();
    auto states = states_of(found);
    ASSERT_THAT(states, SizeIs(2));
    const auto& main = states["default"];
    EXPECT_EQ(main.repositories(), 3U);
    EXPECT_EQ(main.unavailable(), 1U);
    EXPECT_THAT(main.queue(), UnorderedElementsAre(Pair("ready", 2U), Pair("dead", 1U)));
    EXPECT_THAT(main.praefects(), ElementsAre("praefect-1", "praefect-2"));
    EXPECT_THAT(main.denied(), IsEmpty());
    const auto& archive = states["archive"];
    EXPECT_EQ(archive.repositories(), 1U);
    EXPECT_EQ(archive.unavailable(), 0U);
    EXPECT_THAT(archive.queue(), UnorderedElementsAre(Pair("failed", 1U)));
    EXPECT_THAT(archive.replicas(), ElementsAre(Property(&v1::PraefectState::Replica::storage, "gitaly-9")));
    EXPECT_THAT(found, Each(Property(&v1::Finding::has_gap, false)));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("@hashed")));
}

TEST_F(PraefectStateTest, TellsWhichReplicasLagBehind) {
    fill();
    const auto states = states_of(look());
    const auto& replicas = states.at("default").replicas();
    ASSERT_THAT(replicas, SizeIs(3));
    EXPECT_EQ(replicas[0].storage(), "gitaly-1");
    EXPECT_TRUE(replicas[0].healthy());
    EXPECT_EQ(replicas[0].outdated(), 1U);
    EXPECT_EQ(replicas[0].unverified(), 1U);
    EXPECT_TRUE(replicas[1].healthy());
    EXPECT_EQ(replicas[1].outdated(), 1U);
    EXPECT_FALSE(replicas[2].healthy());
    EXPECT_EQ(replicas[2].last_seen_at().seconds(), 1785585600);
    EXPECT_EQ(replicas[2].outdated(), 0U);
}

// Before repositories had numbers, both were joined by the place.
TEST_F(PraefectStateTest, ReadsTheTablesOfOlderReleases) {
    fill();
    run("CREATE OR REPLACE VIEW valid_primaries AS SELECT NULL::bigint AS repository_id, r.virtual_storage,"
        " r.relative_path, s.storage FROM repositories r JOIN storage_repositories s USING (virtual_storage, "
        "relative_path, generation) JOIN healthy_storages h ON h.virtual_storage = r.virtual_storage AND "
        "h.storage = "
        "s.storage; ALTER VIEW valid_primaries RENAME COLUMN repository_id TO other;"
        "ALTER TABLE storage_repositories RENAME COLUMN repository_id TO other");
    const auto states = states_of(look());
    EXPECT_EQ(states.at("default").unavailable(), 1U);
    EXPECT_EQ(states.at("default").replicas(0).outdated(), 1U);
    EXPECT_THAT(states.at("default").denied(), IsEmpty());
}

TEST_F(PraefectStateTest, TellsWhatIsNotThereFromWhatMayNotBeRead) {
    fill();
    run("DROP VIEW valid_primaries; REVOKE SELECT ON replication_queue FROM praefect");
    const auto found = look();
    EXPECT_THAT(found, Contains(gap(v1::Gap::ABSENT)));
    EXPECT_THAT(found, Contains(gap(v1::Gap::DENIED)));
    const auto states = states_of(found);
    EXPECT_EQ(states.at("default").repositories(), 3U);
    EXPECT_THAT(states.at("default").denied(), ElementsAre("queue", "unavailable"));
}

TEST_F(PraefectStateTest, SaysThatThereIsMoreThanItTells) {
    fill();
    run("INSERT INTO repositories SELECT n, 'more-' || n, '@hashed/d.git', 1 FROM generate_series(1001, "
        "1498) n");
    auto states = states_of(look());
    EXPECT_THAT(states, SizeIs(500));
    EXPECT_THAT(states["default"].denied(), IsEmpty());
    run("INSERT INTO repositories VALUES (1499, 'more-1499', '@hashed/d.git', 1)");
    const auto found = look();
    states = states_of(found);
    EXPECT_EQ(states["more-1498"].repositories(), 1U);
    EXPECT_EQ(states["more-1499"].repositories(), 0U) << "known by its other facts alone";
    EXPECT_THAT(states["default"].denied(), ElementsAre("repositories"));
    EXPECT_THAT(found, Contains(gap(v1::Gap::TOO_LARGE)).Times(1));
}

TEST_F(PraefectStateTest, DoesNotTakeSilenceForHealth) {
    fill();
    run("UPDATE node_status SET last_seen_active_at = NULL, last_contact_attempt_at = now() - interval '1 "
        "hour'");
    const auto states = states_of(look());
    EXPECT_EQ(states.at("default").unavailable(), 3U);
    EXPECT_THAT(states.at("default").praefects(), IsEmpty());
    EXPECT_FALSE(states.at("default").replicas(0).healthy());
    EXPECT_FALSE(states.at("default").replicas(0).has_last_seen_at());
}

TEST_F(PraefectStateTest, SaysThatADatabaseIsNotPraefects) {
    const auto found = look();
    EXPECT_THAT(states_of(found), IsEmpty());
    EXPECT_THAT(found, Contains(gap(v1::Gap::ABSENT)).Times(1));
}

// Tables of these names do not make a database Praefect's.
TEST_F(PraefectStateTest, IsAskedWherePraefectIsConfiguredAlone) {
    fill();
    NodeTree rails;
    configure(rails, by_socket(server_));
    rails.file(database_yml, fmt::format("production:\n  main:\n    host: {}\n    port: {}\n    database: "
                                         "praefect_production\n",
                                         server_.socket_directory(), server_.port()));
    EXPECT_THAT(states_of(rails.look(postgres, Machine::live)), IsEmpty());
}

TEST_F(PraefectStateTest, ReportsTheRestWhenOneAnswerTakesTooLong) {
    fill();
    run("CREATE OR REPLACE VIEW valid_primaries AS SELECT repository_id, virtual_storage, relative_path, "
        "''::text AS storage"
        " FROM repositories, pg_sleep(60)");
    const auto found = look();
    EXPECT_THAT(found, Contains(gap(v1::Gap::TIMED_OUT)));
    const auto states = states_of(found);
    EXPECT_THAT(states.at("default").queue(), SizeIs(2));
    EXPECT_THAT(states.at("default").denied(), ElementsAre("unavailable"));
}

}  // namespace
}  // namespace preflight::probes
