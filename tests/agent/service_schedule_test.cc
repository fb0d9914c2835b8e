// When the service inspects by itself, and what its log says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <set>
#include <sstream>

#include "tests/agent/fake_collector.h"
#include "tests/agent/service_runs.h"

namespace preflight::agent {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST_F(ServiceTest, InspectsAgainEachTimeThatTheScheduleSays) {
    settings_.every = 50ms;
    std::set<std::string> inspections;
    const auto begin = Clock::now();
    const Inspector inspects = [&](Channel& channel) -> asio::awaitable<void> {
        while (const auto request = co_await next_request(channel)) {
            inspections.insert(request->inspection_id());
            EXPECT_FALSE(request->prove_backups()) << "only who asks has backups read to their end";
            reply(channel, request->inspection_id(), started(1));
            reply(channel, request->inspection_id(), finished(2));
            if (inspections.size() < 3) continue;
            co_await until([&] { return spool_->pending().size() == 3; });
            ::raise(SIGTERM);
        }
    };
    EXPECT_EQ(run(inspects, ServiceMode::for_ever), 0) << log_;
    EXPECT_THAT(inspections, SizeIs(3));
    // The first comes at once; up to a tenth is taken from the time before each of the others.
    EXPECT_GE(Clock::now() - begin, 2 * 45ms);
    EXPECT_THAT(spool_->pending(), SizeIs(3)) << "no collector takes them";
}

TEST_F(ServiceTest, InspectsOnceWhereTheScheduleIsFar) {
    settings_.every = std::chrono::hours(24);
    int inspections = 0;
    const Inspector inspects = [&](Channel& channel) -> asio::awaitable<void> {
        while (const auto request = co_await next_request(channel)) {
            ++inspections;
            reply(channel, request->inspection_id(), started(1));
            reply(channel, request->inspection_id(), finished(2));
            asio::steady_timer later(co_await asio::this_coro::executor, 100ms);
            co_await later.async_wait(asio::use_awaitable);
            ::raise(SIGTERM);
        }
    };
    EXPECT_EQ(run(inspects, ServiceMode::for_ever), 0) << log_;
    EXPECT_EQ(inspections, 1);
}

// Standard error is no terminal here: each line begins with its priority.
TEST_F(ServiceTest, NamesNodeAndInspectionInItsLog) {
    FakeCollector collector;
    settings_.collector.port = static_cast<std::uint16_t>(collector.port());
    std::string inspection;
    const Inspector inspects = [&](Channel& channel) -> asio::awaitable<void> {
        const auto request = co_await next_request(channel);
        inspection = request->inspection_id();
        reply(channel, inspection, started(1));
        reply(channel, inspection, finished(2));
    };
    EXPECT_EQ(run(inspects, ServiceMode::once), 0) << log_;
    EXPECT_THAT(log_, HasSubstr("<6>node=web1 inspection=" + inspection + " inspected\n"));
    std::istringstream lines(log_);
    for (std::string line; std::getline(lines, line);)
        EXPECT_THAT(line.substr(line.find('>') + 1), StartsWith("node=web1 "));
}

}  // namespace
}  // namespace preflight::agent
