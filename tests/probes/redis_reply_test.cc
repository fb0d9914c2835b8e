#include "probes/redis_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::SizeIs;
using Kind = RedisReply::Kind;

Result<std::optional<RedisReply>> read(std::string_view bytes) {
    RedisReplyReader reader;
    const auto fed = reader.feed(bytes);
    if (!fed) return fed.error();
    return reader.next();
}

v1::Gap::Cause cause_of(std::string_view bytes) {
    const auto reply = read(bytes);
    return reply ? v1::Gap::CAUSE_UNSPECIFIED : reply.error().cause;
}

TEST(RedisReply, HoldsEachKind) {
    EXPECT_TRUE(read("+PONG\r\n").value()->says("PONG"));
    EXPECT_EQ(read(":-7\r\n").value()->number, -7);
    EXPECT_EQ(read("$3\r\na\r\n\r\n").value()->text, "a\r\n");
    EXPECT_EQ(read("$-1\r\n").value()->kind, Kind::nothing);
    const auto list = read("*3\r\n+a\r\n*1\r\n$1\r\nb\r\n:3\r\n").value();
    ASSERT_THAT(list->items, SizeIs(3));
    EXPECT_EQ(list->items[0].text, "a");
    EXPECT_EQ(list->items[1].items.at(0).text, "b");
    EXPECT_EQ(list->items[2].number, 3);
}

TEST(RedisReply, ShowsOfAnErrorItsCodeAlone) {
    EXPECT_EQ(read("-WRONGPASS invalid CANARY\r\n").value()->code(), "WRONGPASS");
    EXPECT_EQ(read("-ERR unknown command 'AUTH', with args beginning with: 'CANARY'\r\n").value()->code(),
              "ERR");
    EXPECT_EQ(read("-CANARYcanary is no code\r\n").value()->code(), "an error");
    EXPECT_EQ(read("+OK\r\n").value()->code(), "");
}

TEST(RedisReply, WaitsForTheRest) {
    RedisReplyReader reader;
    for (const char byte : std::string_view("*2\r\n+a\r\n$2\r\nbc\r")) {
        ASSERT_TRUE(reader.feed({&byte, 1}));
        ASSERT_FALSE(reader.next().value().has_value());
    }
    ASSERT_TRUE(reader.feed("\n+next\r\n"));
    EXPECT_EQ(reader.next().value()->items.at(1).text, "bc");
    EXPECT_TRUE(reader.next().value()->says("next"));
    EXPECT_FALSE(reader.next().value().has_value());
}

TEST(RedisReply, IsNoNonsense) {
    for (const auto* text : {"HTTP/1.1 400 Bad Request\r\n", "*1\r\n!\r\n", "*9999999999999\r\n", ":x\r\n"})
        EXPECT_EQ(cause_of(text), v1::Gap::MALFORMED) << text;
}

TEST(RedisReply, HasLimits) {
    EXPECT_EQ(cause_of("*2000000000\r\n"), v1::Gap::TOO_LARGE);
    std::string deep;
    for (int i = 0; i < 1000; ++i) deep += "*1\r\n";
    EXPECT_EQ(cause_of(deep), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("*2\r\n*15000\r\n" + std::string()), v1::Gap::CAUSE_UNSPECIFIED);
    std::string wide = "*2\r\n*15000\r\n";
    for (int i = 0; i < 15'000; ++i) wide += ":1\r\n";
    EXPECT_EQ(cause_of(wide + "*15000\r\n"), v1::Gap::TOO_LARGE);
    RedisReplyReader reader;
    ASSERT_TRUE(reader.feed("$100000000\r\n"));
    Result<void> fed;
    for (int i = 0; fed && i < 100; ++i) fed = reader.feed(std::string(65'536, 'x'));
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().cause, v1::Gap::TOO_LARGE);
}

TEST(RedisCommand, IsFramedByLengths) {
    EXPECT_EQ(redis_command({"AUTH", "a b\r\n"}), "*2\r\n$4\r\nAUTH\r\n$5\r\na b\r\n\r\n");
}

}  // namespace
}  // namespace preflight::probes
