// What a server says of its state, and what the door may do there: against a real one.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "probes/node/postgres.h"
#include "tests/integration/program.h"
#include "tests/probes/postgres_look.h"
#include "tests/probes/real_pgbouncer.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::SizeIs;

class PostgresState : public PostgresProbe {
  protected:
    v1::PostgresInstance ask(const PostgresServer& server) {
        configure(tree_, by_socket(server));
        return instance_of(look());
    }
};

TEST_F(PostgresState, SaysWhichSettingsWaitForARestart) {
    const PostgresServer server;
    EXPECT_THAT(ask(server).pending_restart(), ::testing::IsEmpty());
    server.run("ALTER SYSTEM SET max_connections = 123");
    server.run("SELECT pg_reload_conf()");
    const auto said = ask(server);
    EXPECT_THAT(said.pending_restart(), ElementsAre("max_connections"));
    EXPECT_EQ(said.settings().at("max_connections"), "100") << "as it runs";
    EXPECT_EQ(said.settings().at("default_transaction_isolation"), "read committed");
    EXPECT_EQ(said.settings().at("quote_all_identifiers"), "off");
}

// A session of another client; its view of itself is moved into the past, for nobody waits ten minutes.
TEST_F(PostgresState, CountsTransactionsThatAreOpenForLong) {
    const PostgresServer server;
    const Program client({"/usr/lib/postgresql/15/bin/psql",
                          fmt::format("host={} port={} user={} dbname=postgres", server.socket_directory(),
                                      server.port(), ::getpwuid(::geteuid())->pw_name),
                          "-c", "BEGIN; SELECT pg_sleep(600)"});
    server.wait_until(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> "
        "pg_backend_pid())");
    const auto fresh = ask(server);
    EXPECT_EQ(fresh.long_transactions(), 0U);
    EXPECT_LT(fresh.oldest_transaction_seconds(), 300U);
    server.run(
        "SET allow_system_table_mods = on; ALTER VIEW pg_catalog.pg_stat_activity RENAME TO true_activity;"
        "CREATE VIEW public.pg_stat_activity AS SELECT pid, backend_type, xact_start - interval '10 minutes' "
        "AS xact_start FROM pg_catalog.true_activity");
    const auto old = ask(server);
    EXPECT_EQ(old.long_transactions(), 1U);
    EXPECT_GE(old.oldest_transaction_seconds(), 600U);
    EXPECT_LT(old.oldest_transaction_seconds(), 900U);
}

TEST_F(PostgresState, SaysHowOldTheOldestTransactionOfEachDatabaseIs) {
    const PostgresServer server({.settings = {"autovacuum = off"}});
    // 1.6 thousand million before the first transactions, over the end of the numbers.
    server.run("UPDATE pg_database SET datfrozenxid = '2694968036' WHERE datname = 'template1'");
    const auto said = ask(server);
    for (const auto& database : said.databases()) {
        if (database.name() == "template1") {
            EXPECT_GT(database.transaction_age(), 1'599'000'000U);
        } else {
            EXPECT_LT(database.transaction_age(), 1'000'000U) << database.name();
        }
    }
    EXPECT_THAT(said.databases(),
                Contains(::testing::Property(&v1::PostgresInstance::Database::name, "template1")));
}

TEST_F(PostgresState, NamesTablespacesOutsideTheDataDirectory) {
    const PostgresServer server;
    const auto place = server.socket_directory() + "/elsewhere";
    std::filesystem::create_directory(place);
    if (::geteuid() == 0) {
        const auto* account = ::getpwnam("postgres");
        ASSERT_EQ(::chown(place.c_str(), account->pw_uid, account->pw_gid), 0);
    }
    server.run("CREATE TABLESPACE elsewhere LOCATION '" + place + "'");
    EXPECT_THAT(ask(server).tablespaces(), ElementsAre(place));
}

TEST_F(PostgresState, SaysThatADatabasesOwnCollationMoved) {
    const PostgresServer server;
    EXPECT_THAT(ask(server).drifted(), ::testing::IsEmpty());
    server.run("UPDATE pg_database SET datcollversion = '1.2.3' WHERE datname = 'gitlabhq_production'");
    const auto said = ask(server);
    ASSERT_THAT(said.drifted(), SizeIs(1));
    EXPECT_EQ(said.drifted(0).name(), "database gitlabhq_production");
    EXPECT_EQ(said.drifted(0).stored(), "1.2.3");
}

TEST_F(PostgresState, SaysHowMuchOfTheLogASlotKeeps) {
    const PostgresServer server;
    server.run("SELECT pg_create_physical_replication_slot('geo_secondary', true)");
    const auto before = ask(server);
    ASSERT_THAT(before.slots(), SizeIs(1));
    server.run("SELECT pg_logical_emit_message(true, 'preflight', repeat('x', 100000))");
    EXPECT_GE(ask(server).slots(0).retained_bytes(), before.slots(0).retained_bytes() + 100000);
}

TEST_F(PostgresState, SaysThatAListIsLongerThanWhatIsToldOfIt) {
    const PostgresServer server;
    const auto invalid = [&](int first, int last) {
        server.run(fmt::format(
            "CREATE TABLE IF NOT EXISTS many (id bigint); DO $$ BEGIN FOR n IN {}..{} LOOP EXECUTE "
            "format('CREATE INDEX many_%s ON many (id)', n); END LOOP; END $$; UPDATE pg_index SET "
            "indisvalid = false WHERE indrelid = 'many'::regclass",
            first, last));
    };
    invalid(1, 100);
    const auto whole = ask(server);
    EXPECT_THAT(whole.invalid_indexes(), SizeIs(100));
    EXPECT_THAT(whole.denied(), Not(Contains("invalid_indexes")));
    invalid(101, 101);
    const auto cut = ask(server);
    EXPECT_THAT(cut.invalid_indexes(), SizeIs(100));
    EXPECT_THAT(cut.denied(), Contains("invalid_indexes"));
}

// One session with a server, or with what stands before it.
std::optional<Postgres> session(const NodeTree& tree, std::uint32_t port, const PostgresLimits& limits = {}) {
    PostgresTarget target;
    target.host = "127.0.0.1";
    target.port = port;
    target.database = "gitlabhq_production";
    target.user = "gitlab";
    target.password = Secret("CANARY-password");
    v1::Reach reach;
    auto server = Postgres::connect(tree.node(Machine::live), target, reach, limits);
    EXPECT_TRUE(server.has_value()) << reach.detail();
    return server;
}

// What GitLab's pool shares with the agent must be as it was, whoever gets the connection next.
void expect_reader(Postgres& server) {
    const auto self = server.ask(
        "SELECT application_name, current_setting('transaction_read_only'), current_setting('lock_timeout'),"
        " current_setting('statement_timeout') FROM pg_stat_activity WHERE pid = pg_backend_pid()");
    ASSERT_TRUE(self) << self.error().detail;
    EXPECT_EQ(self->at(0).text(0), "gitlab-preflight");
    EXPECT_EQ(self->at(0).text(1), "on");
    EXPECT_EQ(self->at(0).text(2), "1s");
    EXPECT_EQ(self->at(0).text(3), "5s");
    const auto written = server.ask("CREATE TABLE written (id int)");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().cause, v1::Gap::REFUSED) << written.error().detail;
}

TEST_F(PostgresState, IsAskedByAReaderWithLimits) {
    const PostgresServer server;
    server.run(role);
    server.run("GRANT CREATE ON SCHEMA public TO gitlab");
    auto direct = session(tree_, server.port());
    ASSERT_TRUE(direct);
    expect_reader(*direct);
}

TEST_F(PostgresState, IsAskedByAReaderWithLimitsThroughPgbouncerToo) {
    const PostgresServer server;
    server.run(role);
    server.run("GRANT CREATE ON SCHEMA public TO gitlab");
    const RealPgbouncer pool(server.port(), "\"gitlab\" \"CANARY-password\"\n");
    auto pooled = session(tree_, pool.port());
    ASSERT_TRUE(pooled);
    EXPECT_TRUE(pooled->pooled());
    expect_reader(*pooled);
    server.run(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_class WHERE relname = 'written') THEN RAISE 'written'; END IF;"
        " END $$");
}

TEST_F(PostgresState, EndsAQuestionThatTakesTooLong) {
    const PostgresServer server;
    server.run(role);
    auto asking = session(tree_, server.port(), {.statement = std::chrono::milliseconds(200)});
    ASSERT_TRUE(asking);
    const auto slept = asking->ask("SELECT pg_sleep(600)");
    ASSERT_FALSE(slept);
    EXPECT_EQ(slept.error().cause, v1::Gap::TIMED_OUT);
    EXPECT_TRUE(asking->ask("SELECT 1")) << "the session goes on";
}

// A prepared transaction holds its locks without anybody.
TEST_F(PostgresState, DoesNotWaitForALockForLong) {
    const PostgresServer server({.settings = {"max_prepared_transactions = 5"}});
    server.run(role);
    server.run("CREATE TABLE things (id int); GRANT SELECT ON things TO gitlab");
    server.run("BEGIN; LOCK TABLE things; PREPARE TRANSACTION 'held'");
    auto asking = session(tree_, server.port());
    ASSERT_TRUE(asking);
    const auto begun = std::chrono::steady_clock::now();
    const auto counted = asking->ask("SELECT count(*) FROM things");
    ASSERT_FALSE(counted);
    EXPECT_EQ(counted.error().cause, v1::Gap::TIMED_OUT);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(4))
        << "before a statement's own limit";
}

}  // namespace
}  // namespace preflight::probes
