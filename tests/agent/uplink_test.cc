#include "agent/uplink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio.hpp>
#include <filesystem>
#include <thread>

#include "tests/agent/fake_collector.h"
#include "tests/temporary_folder.h"

namespace preflight::agent {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Manner = FakeCollector::Manner;

v1::Record record(std::uint64_t sequence, std::uint64_t last) {
    v1::Record made;
    made.set_sequence(sequence);
    if (sequence == 1) {
        made.mutable_started();
    } else if (sequence == last) {
        made.mutable_finished();
    } else {
        made.mutable_finding()->mutable_service()->set_name(std::string(1000, 'x'));
    }
    return made;
}

class UplinkTest : public ::testing::Test {
  protected:
    UplinkTest() { spool_.emplace(std::move(Spool::open(folder_, {}).value())); }

    void fill(const std::string& id, std::uint64_t count) {
        for (std::uint64_t sequence = 1; sequence <= count; ++sequence) {
            ASSERT_TRUE(spool_->append(id, record(sequence, count)));
        }
    }

    // Runs an uplink to this address until nothing is left in the spool, or 30 s have passed.
    bool deliver(const std::string& address, std::function<void()> inspect_now = {}) {
        boost::asio::io_context loop(1);
        boost::asio::steady_timer limit(loop, std::chrono::seconds(30));
        bool delivered = false;
        v1::Node node;
        node.set_id("id");
        node.set_name("web1");
        std::optional<Uplink> uplink;
        const auto done = [&] {
            boost::asio::post(loop, [&] { uplink->stop(); });
            limit.cancel();
        };
        uplink.emplace(loop.get_executor(), address, node, *spool_, Log(),
                       UplinkEvents{.welcomed = {},
                                    .inspect_now =
                                        [&](const v1::InspectNow&) {
                                            inspect_now();
                                            uplink->wake();
                                        },
                                    .delivered =
                                        [&] {
                                            delivered = true;
                                            done();
                                        }});
        limit.async_wait([&](boost::system::error_code error) {
            if (!error) uplink->stop();
        });
        uplink->start();
        loop.run();
        return delivered;
    }

    TemporaryFolder folder_;
    std::optional<Spool> spool_;
};

TEST_F(UplinkTest, DeliversAllThatIsPendingInOrder) {
    fill("one", 3);
    fill("two", 2000);  // several batches
    FakeCollector collector;
    ASSERT_TRUE(deliver(collector.address()));
    EXPECT_THAT(collector.stored["one"], SizeIs(3));
    ASSERT_THAT(collector.stored["two"], SizeIs(2000));
    for (std::size_t i = 0; i < 2000; ++i) EXPECT_EQ(collector.stored["two"][i].sequence(), i + 1);
    EXPECT_EQ(collector.duplicates, 0);
    EXPECT_THAT(spool_->pending(), IsEmpty());
}

TEST_F(UplinkTest, SaysWhoItIsAndWhatIsPending) {
    fill("one", 3);
    FakeCollector collector;
    ASSERT_TRUE(deliver(collector.address()));
    ASSERT_THAT(collector.hellos, SizeIs(1));
    EXPECT_EQ(collector.hellos[0].protocol(), 1U);
    EXPECT_EQ(collector.hellos[0].node().name(), "web1");
    EXPECT_THAT(collector.hellos[0].pending(), ::testing::ElementsAre("one"));
}

TEST_F(UplinkTest, ComesBackWhenTheCollectorEndsTheStream) {
    fill("one", 3);
    FakeCollector collector(Manner::ends_after_hello);
    ASSERT_TRUE(deliver(collector.address()));
    EXPECT_THAT(collector.hellos, SizeIs(2));
    EXPECT_THAT(collector.stored["one"], SizeIs(3));
}

TEST_F(UplinkTest, SendsNothingTwiceThatTheCollectorHasWithoutHavingSaidSo) {
    fill("one", 3);
    FakeCollector collector(Manner::loses_acks);
    ASSERT_TRUE(deliver(collector.address()));
    EXPECT_THAT(collector.stored["one"], SizeIs(3));
    EXPECT_EQ(collector.duplicates, 0);
}

TEST_F(UplinkTest, WaitsForACollectorThatIsNotThereYet) {
    fill("one", 3);
    int port = 0;
    {
        const FakeCollector reserved;
        port = reserved.port();
    }
    std::optional<FakeCollector> late;
    ::testing::internal::CaptureStderr();
    std::thread starts([&] { late.emplace(Manner::proper, port); });
    const bool delivered = deliver("127.0.0.1:" + std::to_string(port));
    starts.join();
    ::testing::internal::GetCapturedStderr();
    EXPECT_TRUE(delivered);
    EXPECT_THAT(late->stored["one"], SizeIs(3));
}

TEST_F(UplinkTest, HearsTheRequestForAnInspection) {
    FakeCollector collector;
    ASSERT_TRUE(spool_->append("open", record(1, 2)));  // unfinished: there is more to come
    std::thread asks([&] {
        ASSERT_TRUE(
            collector.wait_until([](const FakeCollector& self) { return self.stored.contains("open"); }));
        collector.inspect_now();
    });
    const bool delivered =
        deliver(collector.address(), [&] { ASSERT_TRUE(spool_->append("open", record(2, 2))); });
    asks.join();
    EXPECT_TRUE(delivered);
    EXPECT_THAT(collector.stored["open"], SizeIs(2));
}

TEST(Backoff, DoublesUpToItsLimitAndNeverPassesIt) {
    Backoff backoff(1);
    std::chrono::milliseconds whole(1000);
    for (int i = 0; i < 20; ++i) {
        const auto wait = backoff.next();
        EXPECT_GE(wait, whole / 2);
        EXPECT_LE(wait, whole);
        whole = std::min(whole * 2, std::chrono::milliseconds(300'000));
    }
    backoff.reset();
    EXPECT_LE(backoff.next(), std::chrono::milliseconds(1000));
}

TEST(Backoff, DiffersBetweenAgents) {
    Backoff one(1);
    Backoff two(2);
    EXPECT_NE(one.next(), two.next());
}

}  // namespace
}  // namespace preflight::agent
