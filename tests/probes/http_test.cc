// The GET door against servers that misbehave.

#include "probes/node/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/fault_server.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr DialLimits quick{.connect = 500ms, .tls = 500ms, .answer = 500ms};

Node node() { return std::move(Node::open("/").value()); }

Result<HttpAnswer> get(const FaultServer& server, v1::Reach& reach) {
    return http_get(node(), {"127.0.0.1", server.port(), {}}, nullptr, "/v1/status", quick, reach);
}

v1::Gap::Cause cause_of(const FaultServer& server) {
    v1::Reach reach;
    const auto answer = get(server, reach);
    EXPECT_FALSE(answer);
    EXPECT_FALSE(reach.reached());
    EXPECT_EQ(reach.failed_at(), v1::Reach::PROTOCOL);
    return answer ? v1::Gap::CAUSE_UNSPECIFIED : answer.error().cause;
}

TEST(Http, TakesTheBodyInEveryFraming) {
    for (const std::string framed :
         {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", "HTTP/1.0 200 OK\r\n\r\nbody",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbod\r\n1\r\ny\r\n0\r\n\r\n"}) {
        const FaultServer server([&](std::string_view) { return framed; });
        v1::Reach reach;
        const auto answer = get(server, reach);
        ASSERT_TRUE(answer) << framed << answer.error().detail;
        EXPECT_EQ(answer->body, "body");
        EXPECT_TRUE(reach.reached());
        EXPECT_GT(reach.round_trip_microseconds(), 0u);
    }
}

TEST(Http, AsksPlainlyAndTakesAnyStatus) {
    std::string request;
    const FaultServer server([&](std::string_view asked) {
        request = asked;
        return "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    });
    v1::Reach reach;
    const auto answer = get(server, reach);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 403u);
    EXPECT_THAT(request, ::testing::StartsWith("GET /v1/status HTTP/1.1\r\n"));
    EXPECT_THAT(request, HasSubstr("User-Agent: gitlab-preflight\r\n"));
}

TEST(Http, RefusesWhatIsPastItsLimits) {
    const FaultServer body([](std::string_view) {
        return "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + std::string(2'000'000, 'x');
    });
    EXPECT_EQ(cause_of(body), v1::Gap::TOO_LARGE);
    const FaultServer endless(
        [](std::string_view) { return "HTTP/1.1 200 OK\r\n\r\n" + std::string(2'000'000, 'x'); });
    EXPECT_EQ(cause_of(endless), v1::Gap::TOO_LARGE);
    const FaultServer header(
        [](std::string_view) { return "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"; });
    EXPECT_EQ(cause_of(header), v1::Gap::TOO_LARGE);
}

TEST(Http, NamesWhatIsNoAnswer) {
    EXPECT_EQ(cause_of(FaultServer(Fault::silence)), v1::Gap::TIMED_OUT);
    EXPECT_EQ(cause_of(FaultServer(Fault::drip, "HTTP/1.1 200 OK\r\nX: ", 10ms)), v1::Gap::TIMED_OUT);
    EXPECT_EQ(cause_of(FaultServer(Fault::nonsense)), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of(FaultServer(Fault::close)), v1::Gap::FAILED);
    EXPECT_EQ(cause_of(FaultServer(Fault::reset)), v1::Gap::FAILED);
    const FaultServer mute([](std::string_view) { return ""; });
    EXPECT_EQ(cause_of(mute), v1::Gap::FAILED);
    const FaultServer torn(
        [](std::string_view) { return "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"; });
    EXPECT_EQ(cause_of(torn), v1::Gap::FAILED);
}

}  // namespace
}  // namespace preflight::probes
