// At which layer a login to PostgreSQL ends when the time does.

#include "probes/node/postgres_connect.h"

#include <gtest/gtest.h>

#include "tests/probes/fault_server.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// A server that accepts and says nothing.
v1::Reach reach_with(const PostgresLimits& limits) {
    const FaultServer silent(Fault::silence);
    const NodeTree tree;
    PostgresTarget target{.host = "127.0.0.1", .port = silent.port(), .user = "gitlab"};
    target.sslmode = "disable";
    v1::Reach reach;
    EXPECT_EQ(connect_postgres(tree.node(Machine::live), target, limits, reach).handle, nullptr);
    return reach;
}

TEST(PostgresConnect, SaysThatAServerWhichWasGivenItsTimeIsSilent) {
    const auto reach = reach_with({.connect = 200ms});
    EXPECT_EQ(reach.failed_at(), v1::Reach::PROTOCOL);
    EXPECT_FALSE(reach.cut_short());
    EXPECT_TRUE(reach.detail().starts_with("the server accepted, but did not answer within "))
        << reach.detail();
}

TEST(PostgresConnect, SaysNothingAgainstAServerThatWasGivenLess) {
    const auto reach = reach_with({.until = Clock::now() + 200ms});
    EXPECT_EQ(reach.failed_at(), v1::Reach::PROTOCOL);
    EXPECT_TRUE(reach.cut_short());
    EXPECT_EQ(reach.detail(), "the agent's time was over before an answer came");
    const auto late = reach_with({.until = Clock::now()});
    EXPECT_TRUE(late.cut_short()) << late.detail();
}

}  // namespace
}  // namespace preflight::probes
