// The dialling door against servers that misbehave: the layer is named, and every wait ends.

#include "probes/node/dial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "probes/reach_report.h"
#include "tests/probes/fault_server.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Clock = Stream::Clock;

constexpr DialLimits quick{.connect = 300ms, .tls = 300ms, .answer = 300ms};

Node node() { return std::move(Node::open("/").value()); }
const Place nowhere{"127.0.0.1", 1, {}};

Place place_of(const FaultServer& server) { return {"127.0.0.1", server.port(), {}}; }

v1::Reach reach_of(const Place& place, bool tls) {
    v1::Reach reach;
    const TlsSettings settings;
    const auto stream = dial(node(), place, tls ? &settings : nullptr, quick, reach);
    EXPECT_FALSE(stream.has_value());
    EXPECT_FALSE(reach.reached());
    EXPECT_EQ(reach.tls(), tls);
    return reach;
}

TEST(Dial, EndsAtANameWithoutAddress) {
    const auto reach = reach_of({"no..name", 1, {}}, false);
    EXPECT_EQ(reach.failed_at(), v1::Reach::NAME);
    EXPECT_EQ(reach.address(), "no..name:1");
    EXPECT_FALSE(reach.detail().empty());
}

TEST(Dial, EndsAtTheRouteWhereNobodyListens) {
    const auto reach = reach_of({"127.0.0.1", FaultServer::free_port(), {}}, false);
    EXPECT_EQ(reach.failed_at(), v1::Reach::ROUTE);
    EXPECT_THAT(reach.detail(), HasSubstr("refused"));
    const auto socket = reach_of({{}, 0, "/nowhere/redis.socket"}, false);
    EXPECT_EQ(socket.failed_at(), v1::Reach::ROUTE);
    EXPECT_EQ(socket.address(), "/nowhere/redis.socket");
    EXPECT_EQ(reach_of({{}, 0, "/" + std::string(200, 'x')}, false).failed_at(), v1::Reach::ROUTE);
}

TEST(Dial, IsAGapWhereNoneButWeAreKeptOut) {
    std::vector<v1::Finding> found;
    {
        Findings out("any", [&](const v1::Finding& finding) { found.push_back(finding); });
        v1::Reach reach;
        reach.set_address("/run/socket");
        fail(reach, v1::Reach::LAYER_UNSPECIFIED, "the socket is not open to the agent");
        report_reach(reach, "what it says", out);
        fail(reach, v1::Reach::ROUTE, "refused");
        report_reach(reach, "what it says", out);
        fail_late(reach, v1::Reach::ROUTE, "late", Clock::now());
        report_reach(reach, "what it says", out);
        reach.Clear();
        reach.set_reached(true);
        report_reach(reach, "what it says", out);
    }
    ASSERT_EQ(found.size(), 4U);
    EXPECT_EQ(found[0].gap().cause(), v1::Gap::DENIED);
    EXPECT_EQ(found[0].source(), "/run/socket");
    EXPECT_TRUE(found[1].has_reach());
    EXPECT_EQ(found[2].gap().cause(), v1::Gap::TIMED_OUT);
    EXPECT_TRUE(found[3].has_reach());
}

TEST(Dial, EndsAtTlsWhereTheHandshakeComesToNothing) {
    for (const auto fault : {Fault::silence, Fault::drip, Fault::reset, Fault::nonsense, Fault::close}) {
        const FaultServer server(fault);
        const auto begin = Clock::now();
        const auto reach = reach_of(place_of(server), true);
        EXPECT_EQ(reach.failed_at(), v1::Reach::TLS) << static_cast<int>(fault);
        EXPECT_FALSE(reach.detail().empty());
        EXPECT_FALSE(reach.cut_short()) << "it had all the time that a server is granted";
        EXPECT_LT(Clock::now() - begin, 2s) << static_cast<int>(fault);
    }
}

TEST(Dial, GoesNoFurtherThanTheLastMoment) {
    const FaultServer server(Fault::silence);
    v1::Reach reach;
    const TlsSettings settings;
    const auto begin = Clock::now();
    EXPECT_FALSE(dial(node(), place_of(server), &settings, {.until = begin + 100ms}, reach));
    EXPECT_LT(Clock::now() - begin, 2s);
    EXPECT_EQ(reach.failed_at(), v1::Reach::TLS);
    EXPECT_TRUE(reach.cut_short());
    EXPECT_EQ(reach.detail(), "the agent's time was over in the TLS handshake");

    EXPECT_FALSE(dial(node(), place_of(server), nullptr, {.until = begin}, reach));
    EXPECT_EQ(reach.failed_at(), v1::Reach::ROUTE);
    EXPECT_TRUE(reach.cut_short());
    EXPECT_EQ(reach.detail(), "the agent's time was over while connecting");
}

TEST(Dial, CountsTheConnectionsThatAServerAccepts) {
    const FaultServer server(Fault::silence);
    const Node machine = node();
    const TlsSettings settings;
    v1::Reach reach;
    EXPECT_TRUE(dial(machine, place_of(server), nullptr, quick, reach));
    EXPECT_FALSE(dial(machine, place_of(server), &settings, quick, reach));
    EXPECT_FALSE(dial(machine, {"127.0.0.1", FaultServer::free_port(), {}}, nullptr, quick, reach));
    EXPECT_EQ(machine.tally()->connections, 2U);
}

TEST(Stream, TakesAServerThatDripsForALateOne) {
    const FaultServer server(Fault::drip, "x", 20ms);
    v1::Reach reach;
    auto stream = dial(node(), place_of(server), nullptr, quick, reach);
    ASSERT_TRUE(stream.has_value());
    const auto begin = Clock::now();
    std::array<char, 16> bytes{};
    Result<std::size_t> size = 1UL;
    while (size && *size > 0) size = stream->read(bytes, begin + 200ms);
    ASSERT_FALSE(size);
    EXPECT_EQ(size.error().cause, v1::Gap::TIMED_OUT);
    EXPECT_EQ(size.error().source, server.address());
    EXPECT_LT(Clock::now() - begin, 2s);
}

TEST(Stream, SaysWhereTheOtherSideEnded) {
    const FaultServer server(Fault::close);
    v1::Reach reach;
    auto stream = dial(node(), place_of(server), nullptr, quick, reach);
    ASSERT_TRUE(stream.has_value());
    std::array<char, 16> bytes{};
    const auto size = stream->read(bytes, Clock::now() + 1s);
    ASSERT_TRUE(size);
    EXPECT_EQ(*size, 0UL);
}

}  // namespace
}  // namespace preflight::probes
