// What the doors to servers count for the receipt, with a real PostgreSQL and what answers as Redis would.
#include "probes/node/tally.h"

#include <gtest/gtest.h>

#include "probes/node/postgres.h"
#include "probes/redis_talk.h"
#include "tests/probes/fault_server.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/postgres_server.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

TEST(Tally, CountsQuestionsOfADatabaseAndTheTimeThatTheyTake) {
    const PostgresServer server;
    server.run("CREATE ROLE gitlab LOGIN");
    const NodeTree tree;
    const auto node = tree.node(Machine::live);
    PostgresTarget target;
    target.host = server.socket_directory();
    target.port = server.port();
    target.database = "gitlabhq_production";
    target.user = "gitlab";
    v1::Reach reach;
    auto postgres = Postgres::connect(node, target, reach);
    ASSERT_TRUE(postgres) << reach.detail();
    EXPECT_EQ(node.tally()->connections, 1U);
    const auto before = node.tally()->statements;
    EXPECT_TRUE(postgres->ask("SELECT pg_sleep(0.1)"));
    EXPECT_FALSE(postgres->ask("SELECT nonsense"));
    EXPECT_EQ(node.tally()->statements, before + 2);
    EXPECT_GE(node.tally()->statement_time, 100ms);
    EXPECT_LT(node.tally()->statement_time, 5s);
}

TEST(Tally, CountsConnectionsThatComeToNothing) {
    const PostgresServer server;
    const NodeTree tree;
    const auto node = tree.node(Machine::live);
    PostgresTarget target;
    target.host = "127.0.0.1";
    target.port = server.port();
    target.database = "gitlabhq_production";
    target.user = "nobody of that name";
    v1::Reach reach;
    EXPECT_FALSE(Postgres::connect(node, target, reach));
    EXPECT_EQ(node.tally()->connections, 1U) << "the server has accepted it";
    target.port = FaultServer::free_port();
    EXPECT_FALSE(Postgres::connect(node, target, reach));
    EXPECT_EQ(node.tally()->connections, 1U) << "nobody listens";
    EXPECT_EQ(node.tally()->statements, 0U);
    EXPECT_FALSE(Postgres::connect(tree.node(), target, reach));
    EXPECT_EQ(reach.detail(), "a tree's servers cannot be asked");
}

TEST(Tally, CountsCommandsOfRedis) {
    const FaultServer server(Fault::nonsense, "+PONG\r\n");
    const NodeTree tree;
    const auto node = tree.node(Machine::live);
    v1::Reach reach;
    EXPECT_TRUE(open_redis(node, {"127.0.0.1", server.port(), {}}, nullptr, {}, 0, {}, reach));
    EXPECT_EQ(node.tally()->connections, 1U);
    EXPECT_EQ(node.tally()->statements, 2U) << "its name, and a sign of life";
    EXPECT_FALSE(open_redis(tree.node(), {"127.0.0.1", server.port(), {}}, nullptr, {}, 0, {}, reach));
    EXPECT_EQ(reach.failed_at(), v1::Reach::LAYER_UNSPECIFIED) << "a tree's servers cannot be asked";
}

}  // namespace
}  // namespace preflight::probes
