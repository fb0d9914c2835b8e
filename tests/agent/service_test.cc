#include "agent/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "tests/agent/fake_collector.h"
#include "tests/agent/service_runs.h"

namespace preflight::agent {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(ServiceTest, DeliversOneInspectionAndEnds) {
    FakeCollector collector;
    settings_.collector.port = static_cast<std::uint16_t>(collector.port());
    EXPECT_EQ(run(inspect_well, ServiceMode::once), 0) << log_;
    ASSERT_THAT(collector.stored, SizeIs(1));
    EXPECT_THAT(collector.stored.begin()->second, SizeIs(2));
}

TEST_F(ServiceTest, EndsWhenTheInspectorDies) {
    const Inspector dies = [](Channel& channel) -> asio::awaitable<void> {
        const auto request = co_await next_request(channel);
        reply(channel, request->inspection_id(), started(1));
        channel.close();
    };
    EXPECT_EQ(run(dies, ServiceMode::for_ever), 70);
    EXPECT_THAT(log_, HasSubstr("the inspector ended"));
}

TEST_F(ServiceTest, EndsWhenTheInspectorSpeaksNonsense) {
    const Inspector babbles = [](Channel& channel) -> asio::awaitable<void> {
        co_await next_request(channel);
        v1::Node other;
        other.set_name("\x07");  // where a reply has its record
        channel.send(other);
        co_await next_request(channel);
    };
    EXPECT_EQ(run(babbles, ServiceMode::for_ever), 70);
}

TEST_F(ServiceTest, EndsWhenTheInspectorHangs) {
    const Inspector hangs = [](Channel& channel) -> asio::awaitable<void> {
        while (co_await next_request(channel)) {
        }
    };
    settings_.inspection_limit = std::chrono::seconds(0);
    EXPECT_EQ(run(hangs, ServiceMode::for_ever,
                  {.inspector_grace = std::chrono::seconds(0), .welcome = std::chrono::milliseconds(0)}),
              70);
    EXPECT_THAT(log_, HasSubstr("does not answer"));
}

TEST_F(ServiceTest, SaysThatTheSpoolCannotKeepWhatWasFound) {
    fs::remove_all(folder_ / "spool");
    EXPECT_EQ(run(inspect_well, ServiceMode::once), 73);
    EXPECT_THAT(log_, HasSubstr("the spool cannot keep it"));
    ASSERT_THAT(spool_->drops().all(), SizeIs(1));
    EXPECT_THAT(spool_->drops().all()[0].gap().detail(), HasSubstr("nothing of it was kept"));
}

TEST_F(ServiceTest, SaysThatItWasNotDeliveredInTime) {
    EXPECT_EQ(run(inspect_well, ServiceMode::once, {.once = std::chrono::seconds(1)}), 75);
    EXPECT_THAT(log_, HasSubstr("stays in the spool"));
    EXPECT_THAT(spool_->pending(), SizeIs(1));
}

TEST_F(ServiceTest, TellsTheInspectorWhatTheSpoolDropped) {
    ASSERT_TRUE(spool_->append("lost", started(1)));
    spool_->drop("lost", "test");
    std::vector<v1::Finding> told;
    const Inspector asks = [&](Channel& channel) -> asio::awaitable<void> {
        const auto request = co_await next_request(channel);
        told.assign(request->dropped().begin(), request->dropped().end());
        channel.close();
    };
    EXPECT_EQ(run(asks, ServiceMode::for_ever), 70);
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told[0].source(), "inspection lost");
    EXPECT_THAT(spool_->drops().all(), SizeIs(1))
        << "that inspection came to nothing: told again by the next";
}

TEST_F(ServiceTest, ForgetsADropWhenTheInspectionThatTellsItIsKept) {
    ASSERT_TRUE(spool_->append("lost", started(1)));
    spool_->drop("lost", "test");
    EXPECT_EQ(run(inspect_well, ServiceMode::once, {.once = std::chrono::seconds(1)}), 75);
    EXPECT_THAT(spool_->drops().all(), IsEmpty());
}

// However often it is asked during an inspection, one more follows it: what that finds is newer than each
// request.
TEST_F(ServiceTest, AnswersRequestsDuringAnInspectionWithOneMore) {
    FakeCollector collector;
    settings_.collector.port = static_cast<std::uint16_t>(collector.port());
    int followed = 0;
    const Inspector counts = [&](Channel& channel) -> asio::awaitable<void> {
        const auto first = (co_await next_request(channel))->inspection_id();
        reply(channel, first, started(1));
        co_await until([&] { return spool_->acknowledged(first) == 1; });
        for (int i = 0; i < 3; ++i) collector.inspect_now();
        // Its ack comes after the requests on the stream: then they have been heard.
        reply(channel, first, found(2));
        co_await until([&] { return spool_->acknowledged(first) == 2; });
        reply(channel, first, finished(3));
        while (const auto request = co_await next_request(channel)) {
            ++followed;
            reply(channel, request->inspection_id(), started(1));
            reply(channel, request->inspection_id(), finished(2));
            co_await until([&] { return spool_->pending().empty(); });
            ::raise(SIGTERM);
        }
    };
    EXPECT_EQ(run(counts, ServiceMode::for_ever), 0) << log_;
    EXPECT_EQ(followed, 1);
    EXPECT_THAT(collector.stored, SizeIs(2));
}

TEST_F(ServiceTest, AsksForTheProofsThatTheCollectorAskedFor) {
    FakeCollector collector;
    settings_.collector.port = static_cast<std::uint16_t>(collector.port());
    std::vector<bool> proving;
    const Inspector notes = [&](Channel& channel) -> asio::awaitable<void> {
        while (const auto request = co_await next_request(channel)) {
            const auto id = request->inspection_id();
            proving.push_back(request->prove_backups());
            reply(channel, id, started(1));
            co_await until([&] { return spool_->acknowledged(id) == 1; });
            // Two requests during one inspection: what either wants is done by the one that follows.
            if (proving.size() == 1) collector.inspect_now(true);
            if (proving.size() == 1) collector.inspect_now(false);
            reply(channel, id, found(2));
            co_await until([&] { return spool_->acknowledged(id) == 2; });
            if (proving.size() == 3) ::raise(SIGTERM);
            if (proving.size() == 2) collector.inspect_now(false);
            reply(channel, id, finished(3));
        }
    };
    EXPECT_EQ(run(notes, ServiceMode::for_ever), 0) << log_;
    EXPECT_THAT(proving, ::testing::ElementsAre(false, true, false));
}

const std::string key(32, 'k');

TEST_F(ServiceTest, InspectsWithTheKeyOfTheWelcome) {
    FakeCollector collector(FakeCollector::Manner::proper, 0, key);
    settings_.collector.port = static_cast<std::uint16_t>(collector.port());
    std::string given;
    const Inspector takes_it = [&](Channel& channel) -> asio::awaitable<void> {
        const auto request = co_await next_request(channel);
        given = request->fingerprint_key();
        reply(channel, request->inspection_id(), started(1));
        reply(channel, request->inspection_id(), finished(2));
    };
    EXPECT_EQ(run(takes_it, ServiceMode::once, {}), 0) << log_;
    EXPECT_EQ(given, key);
    EXPECT_THAT(log_, ::testing::Not(HasSubstr(key)));
}

// A collector that comes after the first inspection finds nothing in it that could be compared.
TEST_F(ServiceTest, InspectsAgainWhenTheFirstKeyComesLate) {
    std::optional<FakeCollector> collector;
    int port = 0;
    {
        const FakeCollector first;
        port = first.port();
    }
    settings_.collector.port = static_cast<std::uint16_t>(port);
    std::vector<std::string> given;
    const Inspector opens_late = [&](Channel& channel) -> asio::awaitable<void> {
        while (const auto request = co_await next_request(channel)) {
            given.push_back(request->fingerprint_key());
            reply(channel, request->inspection_id(), started(1));
            reply(channel, request->inspection_id(), finished(2));
            if (given.size() == 2) ::raise(SIGTERM);
            if (collector) continue;
            collector.emplace(FakeCollector::Manner::proper, port, key);
        }
    };
    EXPECT_EQ(run(opens_late, ServiceMode::for_ever), 0) << log_;
    EXPECT_THAT(given, ::testing::ElementsAre("", key));
}

TEST_F(ServiceTest, TakesNoKeyOfAnotherLength) {
    FakeCollector collector(FakeCollector::Manner::proper, 0, std::string(500'000, 'k'));
    settings_.collector.port = static_cast<std::uint16_t>(collector.port());
    std::optional<std::string> given;
    const Inspector takes_it = [&](Channel& channel) -> asio::awaitable<void> {
        const auto request = co_await next_request(channel);
        given = request->fingerprint_key();
        reply(channel, request->inspection_id(), started(1));
        reply(channel, request->inspection_id(), finished(2));
    };
    EXPECT_EQ(run(takes_it, ServiceMode::once, {}), 0) << log_;
    EXPECT_EQ(given, "");
    EXPECT_THAT(log_, HasSubstr("key"));
}

}  // namespace
}  // namespace preflight::agent
