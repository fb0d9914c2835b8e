// A wall clock that jumps: limits go by the steady one. This program and the agent that it starts have the
// clock of tests/agent/jumping_clock.cc.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <map>

#include "tests/agent/probe_runs.h"
#include "tests/integration/live_machine.h"
#include "tests/probes/fault_server.h"
#include "tests/probes/real_redis.h"

namespace preflight {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::UnorderedElementsAre;
using Clock = std::chrono::steady_clock;
constexpr auto year = std::chrono::hours(365 * 24);

TEST(ClockJump, IsThere) {
    const auto first = std::chrono::system_clock::now();
    EXPECT_GT(std::chrono::abs(std::chrono::system_clock::now() - first), year);
    const auto steady = Clock::now();
    EXPECT_LT(Clock::now() - steady, 10s);
}

TEST(ClockJump, NeitherStretchesNorCutsAProbesLimit) {
    const auto begin = Clock::now();
    const auto outcome = agent::run({"hang", "well", "spin", "deaf", "well"});
    EXPECT_LT(Clock::now() - begin, 10s);
    EXPECT_THAT(outcome.gaps(), ElementsAre(v1::Gap::TIMED_OUT, v1::Gap::TIMED_OUT, v1::Gap::TIMED_OUT));
    for (const auto index : {0, 2, 3}) EXPECT_THAT(outcome.runs.at(index).milliseconds(), Ge(1500U));
    for (const auto index : {1, 4}) EXPECT_EQ(outcome.runs.at(index).outcome(), v1::ProbeRun::FINISHED);
}

TEST(ClockJump, NeitherStretchesNorCutsAnInspectionsLimit) {
    agent::RunnerOptions options;
    options.limit = 300ms;
    options.at_once = 1;
    const auto outcome = agent::run({"hang", "hang", "hang"}, options);
    EXPECT_EQ(outcome.runs.at(0).outcome(), v1::ProbeRun::TIMED_OUT);
    EXPECT_EQ(outcome.runs.at(2).outcome(), v1::ProbeRun::NOT_STARTED);
}

// Every way in which the probes wait: for PostgreSQL, Redis, Gitaly and HTTP.
TEST(ClockJump, KeepsNoProbeWaitingForServersThatSayNothing) {
    using probes::Fault;
    using probes::FaultServer;
    const FaultServer postgres(Fault::silence);
    const FaultServer cache(Fault::silence);
    const FaultServer gitaly(Fault::silence);
    const probes::RealRedis redis;
    LiveMachine machine(PREFLIGHT_JUMPING_AGENT);
    const std::string etc = "/var/opt/gitlab/gitlab-rails/etc/";
    machine.tree()
        .file("/opt/gitlab/version-manifest.txt", "gitlab-ee 18.11.4\n")
        .file(etc + "database.yml",
              fmt::format("production: {{main: {{host: 127.0.0.1, port: {}, database: gitlabhq_production, "
                          "username: gitlab, password: CANARY}}}}\n",
                          postgres.port()))
        .file(etc + "redis.cache.yml", fmt::format("production: {{url: 'redis://{}'}}\n", cache.address()))
        .file(etc + "resque.yml", fmt::format("production: {{url: 'redis://{}'}}\n", redis.address()))
        .file(etc + "gitlab.yml",
              fmt::format("production: {{repositories: {{storages: {{default: {{gitaly_address: "
                          "'tcp://{}', gitaly_token: CANARY}}}}}}}}\n",
                          gitaly.address()));
    const auto begin = Clock::now();
    const auto inspection = machine.inspect({"--limit", "40"});
    EXPECT_LT(Clock::now() - begin, 45s);
    for (const auto& run : inspection.probes()) {
        // gRPC's own timers wait by the wall clock, whatever deadline it is given: there the runner's limit
        // is what ends the probe.
        const bool by_runner = run.probe() == "gitaly" && run.outcome() == v1::ProbeRun::TIMED_OUT;
        EXPECT_TRUE(by_runner || run.outcome() == v1::ProbeRun::FINISHED) << run.ShortDebugString();
    }
    std::map<std::string, v1::Reach> reaches;
    std::int64_t earliest = std::numeric_limits<std::int64_t>::max();
    std::int64_t latest = 0;
    for (const auto& finding : inspection.findings()) {
        if (finding.has_reach()) reaches[finding.reach().address()] = finding.reach();
        earliest = std::min(earliest, finding.taken_at().seconds());
        latest = std::max(latest, finding.taken_at().seconds());
    }
    EXPECT_GT(std::chrono::seconds(latest - earliest), year) << "the agent's clock did not jump";
    for (const auto* silent : {&postgres, &cache}) {
        ASSERT_TRUE(reaches.contains(silent->address())) << silent->address();
        EXPECT_FALSE(reaches[silent->address()].reached()) << silent->address();
    }
    EXPECT_FALSE(reaches[gitaly.address()].reached());
    EXPECT_TRUE(reaches[redis.address()].reached()) << reaches[redis.address()].detail();
}

}  // namespace
}  // namespace preflight
