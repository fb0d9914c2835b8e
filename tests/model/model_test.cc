#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <type_traits>

#include "model/address.h"
#include "model/clock.h"
#include "model/frame.h"
#include "model/log.h"
#include "model/result.h"
#include "model/secret.h"
#include "model/service_notice.h"
#include "model/utf8.h"
#include "tests/temporary_folder.h"

namespace preflight {
namespace {

v1::Finding finding(const std::string& name) {
    v1::Finding message;
    message.mutable_service()->set_name(name);
    return message;
}

std::string name_in(const std::string& payload) {
    v1::Finding message;
    EXPECT_TRUE(message.ParseFromString(payload));
    return message.service().name();
}

TEST(Frames, AreCutOutOfAStreamThatArrivesByteByByte) {
    FrameReader frames;
    std::vector<std::string> names;
    for (const char byte : frame(finding("puma")) + frame(finding("gitaly"))) {
        frames.feed({&byte, 1});
        if (const auto payload = frames.next().value()) names.push_back(name_in(*payload));
    }
    EXPECT_THAT(names, ::testing::ElementsAre("puma", "gitaly"));
    EXPECT_FALSE(frames.torn());
}

TEST(Frames, AreCutOutOfOnePiece) {
    FrameReader frames;
    frames.feed(frame(finding("puma")) + frame(finding("gitaly")));
    EXPECT_EQ(name_in(frames.next().value().value()), "puma");
    EXPECT_EQ(name_in(frames.next().value().value()), "gitaly");
    EXPECT_FALSE(frames.next().value().has_value());
}

TEST(Frames, TellThatTheStreamEndedWithinOne) {
    FrameReader frames;
    frames.feed(frame(finding("puma")).substr(0, 6));
    EXPECT_FALSE(frames.next().value().has_value());
    EXPECT_TRUE(frames.torn());
}

TEST(Frames, RefuseALengthPastTheLimit) {
    FrameReader frames;
    frames.feed("\xff\xff\xff\xff");
    EXPECT_EQ(frames.next().error().cause, v1::Gap::TOO_LARGE);
    EXPECT_THROW(frame(finding(std::string(frame_limit_bytes, 'x'))), std::length_error);
}

TEST(Problems, NameTheCauseOfAnError) {
    EXPECT_EQ(problem_from_errno(ENOENT, "/x").cause, v1::Gap::ABSENT);
    EXPECT_EQ(problem_from_errno(EACCES, "/x").cause, v1::Gap::DENIED);
    EXPECT_EQ(problem_from_errno(ELOOP, "/x").cause, v1::Gap::REFUSED);
    EXPECT_EQ(problem_from_errno(ETIMEDOUT, "/x").cause, v1::Gap::TIMED_OUT);
    EXPECT_EQ(problem_from_errno(EIO, "/x").cause, v1::Gap::FAILED);
    EXPECT_EQ(problem_from_errno(EIO, "/x").source, "/x");
}

TEST(Results, ThatNobodyLookedAtAreABug) {
    const Result<int> result = problem_from_errno(ENOENT, "/x");
    EXPECT_THROW(result.value(), std::logic_error);
}

TEST(Times, GoToTextAndBack) {
    EXPECT_EQ(to_iso8601(timestamp_from_seconds(1787270400)), "2026-08-21T00:00:00Z");
    EXPECT_EQ(from_iso8601("2026-08-21T02:00:00+02:00")->seconds(), 1787270400);
    EXPECT_EQ(from_iso8601("2026-08-21")->seconds(), 1787270400);
    EXPECT_FALSE(from_iso8601("yesterday"));
    EXPECT_EQ(to_timestamp(to_time_point(timestamp_from_seconds(1787270400))).seconds(), 1787270400);
}

TEST(Secrets, HaveNoWayOutButByName) {
    static_assert(!std::is_copy_constructible_v<Secret>);
    static_assert(!std::is_convertible_v<Secret, std::string>);
    static_assert(!std::is_convertible_v<Secret, std::string_view>);
    Secret secret("CANARY");
    const Secret moved = std::move(secret);
    EXPECT_EQ(moved.reveal(), "CANARY");
    EXPECT_FALSE(
        secret.present());  // NOLINT(bugprone-use-after-move): that nothing stays behind is the point
}

TEST(Utf8, KeepsWhatIsValidAndReplacesWhatIsNot) {
    EXPECT_EQ(valid_utf8("grün €"), "grün €");
    EXPECT_EQ(valid_utf8("a\xff"
                         "b"),
              "a\xef\xbf\xbd"
              "b");
    for (const auto* wrong : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
        EXPECT_FALSE(is_valid_utf8(wrong)) << wrong;
        EXPECT_TRUE(is_valid_utf8(valid_utf8(wrong)));
    }
    EXPECT_TRUE(is_valid_utf8("\xf0\x9f\x9a\x80"));
}

TEST(Addresses, AreReadAsPeopleWriteThem) {
    EXPECT_EQ(parse_address("10.0.0.1:80", 9), (Address{"10.0.0.1", 80}));
    EXPECT_EQ(parse_address("pg.example", 9), (Address{"pg.example", 9}));
    EXPECT_EQ(parse_address("[::1]:80", 9), (Address{"::1", 80}));
    EXPECT_EQ(parse_address("[::1]", 9)->text(), "[::1]:9");
    for (const auto* wrong : {"", ":80", "host:", "host:port", "host:99999", "[::1", "a b:1", "http://x",
                              "host:1x", "[[::1]", "[a]b:1", "a]:1", "a\nb:1"}) {
        EXPECT_FALSE(parse_address(wrong, 9)) << wrong;
    }
}

TEST(Addresses, KnowWhatStaysOnThisMachine) {
    for (const auto* local : {"127.0.0.1", "127.8.8.8", "::1", "localhost"})
        EXPECT_TRUE((Address{local, 1}.loopback()));
    for (const auto* remote : {"10.0.0.1", "0.0.0.0", "::", "localhost.evil.example", "127.0.0.1.example"}) {
        EXPECT_FALSE((Address{remote, 1}.loopback())) << remote;
    }
}

TEST(LogLines, NameTheirFieldsAndCannotBeForged) {
    ::testing::internal::CaptureStderr();
    Log().with("node", "web1").warning("asked by\nnode=evil \x1b[31mred");
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "<4>node=web1 asked by node=evil  [31mred\n");
}

TEST(ServiceManager, IsToldOverItsSocket) {
    const TemporaryFolder folder;
    const auto path = (folder / "socket").string();
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    notify_service_manager("READY=1");
    ::unsetenv("NOTIFY_SOCKET");
    std::array<char, 64> received{};
    const auto length = ::recv(socket, received.data(), received.size(), MSG_DONTWAIT);
    EXPECT_EQ(std::string(received.data(), length > 0 ? static_cast<std::size_t>(length) : 0), "READY=1");
    ::close(socket);
}

}  // namespace
}  // namespace preflight
