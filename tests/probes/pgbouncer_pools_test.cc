// A real PgBouncer whose one connection is taken, asked through its console.
#include <fmt/format.h>

#include "probes/pgbouncer.h"
#include "tests/integration/program.h"
#include "tests/probes/postgres_look.h"
#include "tests/probes/real_pgbouncer.h"

namespace preflight::probes {
namespace {

constexpr auto status_of = only<&v1::Finding::has_pgbouncer_status, &v1::Finding::pgbouncer_status>;

std::vector<std::string> psql(const RealPgbouncer& pool, std::string_view user, std::string_view database,
                              const std::string& sql) {
    return {"/usr/lib/postgresql/15/bin/psql",
            fmt::format("postgresql://{}:CANARY@{}/{}", user, pool.address(), database), "-c", sql};
}

const v1::PgbouncerStatus::Pool& pool_in(const v1::PgbouncerStatus& status) {
    static const v1::PgbouncerStatus::Pool none;
    for (const auto& pool : status.pools()) {
        if (pool.database() == "gitlabhq_production") return pool;
    }
    return none;
}

TEST(PgbouncerPools, ShowWhoWorksAndWhoWaitsAndTheServersBehind) {
    const PostgresServer server;
    server.run("CREATE ROLE gitlab LOGIN PASSWORD 'CANARY'");
    const RealPgbouncer pool(server.port(), "\"gitlab\" \"CANARY\"\n\"pgbouncer\" \"CANARY\"\n");
    ASSERT_EQ(Program(psql(pool, "pgbouncer", "pgbouncer", "SET default_pool_size = 1")).wait(), 0);
    const Program working(psql(pool, "gitlab", "gitlabhq_production", "BEGIN; SELECT pg_sleep(600)"));
    server.wait_until(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'gitlab' AND query LIKE "
        "'%pg_sleep(600)%')");
    const Program waiting(psql(pool, "gitlab", "gitlabhq_production", "SELECT 1"));
    NodeTree tree;
    tree.file("/var/opt/gitlab/pgbouncer/pgbouncer.ini",
              fmt::format("[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n", pool.port()));
    tree.file("/var/opt/gitlab/pgbouncer/pg_auth", "\"pgbouncer\" \"CANARY\"\n");
    v1::PgbouncerStatus status;
    for (int tries = 0; tries < 2000 && pool_in(status).clients_waiting() == 0; ++tries)
        status = status_of(tree.look(pgbouncer, Machine::live));
    EXPECT_EQ(pool_in(status).user(), "gitlab");
    EXPECT_EQ(pool_in(status).clients_waiting(), 1U);
    EXPECT_EQ(pool_in(status).clients_active(), 1U);
    EXPECT_EQ(pool_in(status).servers_active(), 1U);
    ASSERT_EQ(status.servers_size(), 1);
    EXPECT_EQ(status.servers(0).database(), "gitlabhq_production");
    EXPECT_EQ(status.servers(0).address(), fmt::format("127.0.0.1:{}", server.port()));
    EXPECT_EQ(status.servers(0).state(), "active");
    EXPECT_EQ(status.servers(0).connections(), 1U);
}

// The kernel's word for the agent's account, or a password that is none of the console's: GitLab needs
// neither.
TEST(PgbouncerSocket, ThatRefusesTheAgentIsAGapAndNoFailure) {
    const PostgresServer server;
    const RealPgbouncer pool(server.port(), "\"pgbouncer\" \"CANARY\"\n");
    NodeTree tree;
    tree.file("/var/opt/gitlab/pgbouncer/pgbouncer.ini",
              fmt::format("[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\nunix_socket_dir = {}\n",
                          pool.port(), pool.socket_directory()));
    tree.file("/var/opt/gitlab/pgbouncer/pg_auth", "\"pgbouncer\" \"CANARY-wrong\"\n");
    EXPECT_THAT(tree.look(pgbouncer, Machine::live), ::testing::ElementsAre(gap(v1::Gap::DENIED)));
}

}  // namespace
}  // namespace preflight::probes
