#include "probes/redis_conf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> listeners(std::string_view text, std::string_view service = "redis") {
    const auto found = parse_redis_conf(text, service, "/redis.conf");
    std::vector<std::string> texts;
    for (const auto& listener : found.items) texts.push_back(listener.ShortDebugString());
    return texts;
}

TEST(RedisConf, ListensOnASocketAloneWherePortIsZero) {
    EXPECT_THAT(
        listeners("# bind 10.0.0.1\nbind 127.0.0.1\nport 0\nunixsocket /var/opt/gitlab/redis/redis.socket\n"
                  "unixsocketperm 777\nrequirepass \"CANARY\"\n"),
        ElementsAre(R"(service: "redis" socket: "/var/opt/gitlab/redis/redis.socket")"));
}

TEST(RedisConf, ListensOnEveryAddressItBinds) {
    EXPECT_THAT(listeners("bind 10.8.0.61 -::1\nport 6379\ntls-port 6380\n"),
                ElementsAre(R"(service: "redis" address: "10.8.0.61" port: 6379)",
                            R"(service: "redis" address: "::1" port: 6379)",
                            R"(service: "redis" address: "10.8.0.61" port: 6380 tls: true)",
                            R"(service: "redis" address: "::1" port: 6380 tls: true)"));
    EXPECT_THAT(listeners("BIND *\n"), ElementsAre(R"(service: "redis" address: "0.0.0.0" port: 6379)"));
}

TEST(RedisConf, KnowsTheSentinelsOwnPort) {
    EXPECT_THAT(
        listeners(
            "bind \"10.8.0.62\"\nsentinel monitor mill-redis 10.8.0.61 6379 2\nsentinel auth-pass x CANARY\n",
            "sentinel"),
        ElementsAre(
            R"(service: "sentinel" address: "10.8.0.62" port: 26379 masters { name: "mill-redis" host: "10.8.0.61" port: 6379 })"));
}

TEST(RedisConf, LosesAMasterThatCannotBeReadAndSaysSo) {
    const auto found = parse_redis_conf(
        "port 26379\nsentinel monitor a:CANARY:b 10.8.0.61 6379 2\nsentinel monitor mill u:CANARY@h 6379 2\n"
        "sentinel monitor mill 10.8.0.61\n",
        "sentinel", "/sentinel.conf");
    ASSERT_THAT(found.items, SizeIs(1));
    EXPECT_THAT(found.items[0].masters(), IsEmpty());
    EXPECT_THAT(found.problems, SizeIs(1));
}

TEST(RedisConf, InventsNoListenerFromAnEmptyFile) {
    for (const auto* service : {"redis", "sentinel"}) {
        const auto found = parse_redis_conf("\n# port 1\n", service, "/redis.conf");
        EXPECT_THAT(found.items, IsEmpty());
        EXPECT_EQ(found.problems.at(0).cause, v1::Gap::MALFORMED);
    }
}

TEST(RedisConf, SaysWhatItCannotRead) {
    const auto found = parse_redis_conf("bind CANARY@x 10.8.0.61\nport many\n", "redis", "/redis.conf");
    EXPECT_THAT(found.problems, SizeIs(1));
    EXPECT_THAT(found.items, SizeIs(1));
    EXPECT_THAT(parse_redis_conf(std::string_view("port\0", 5), "redis", "/redis.conf").items, IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
