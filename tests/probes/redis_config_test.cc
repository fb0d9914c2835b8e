#include "probes/redis_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string only(const Parsed<v1::RedisEndpoint>& found) {
    return found.items.size() == 1 && found.problems.empty() ? found.items[0].ShortDebugString() : "not one";
}

std::string cache(std::string_view text) {
    return only(endpoints_of(parse_redis_yml(text, "cache", "/redis.cache.yml")));
}

TEST(RedisConfig, ReadsSocketHostAndTls) {
    EXPECT_EQ(
        cache("production:\n  url: unix:///var/opt/gitlab/redis/redis.socket\n  secret_file: \n"),
        R"(purpose: "cache" service: "rails" mode: SOCKET socket: "/var/opt/gitlab/redis/redis.socket")");
    EXPECT_EQ(
        cache("production: {url: 'redis://:CANARY%2Fpw@cache-1.mill.example/4'}\n"),
        R"(purpose: "cache" service: "rails" mode: TCP host: "cache-1.mill.example" port: 6379 database: 4)");
    EXPECT_EQ(cache("production: {url: 'rediss://user:CANARY@cache-1:6380'}\n"),
              R"(purpose: "cache" service: "rails" mode: TLS host: "cache-1" port: 6380 tls: true)");
    EXPECT_EQ(cache("production: {url: 'redis://cache-1', ssl: true}\n"),
              R"(purpose: "cache" service: "rails" mode: TLS host: "cache-1" port: 6379 tls: true)");
}

TEST(RedisConfig, TakesTheHostForTheMastersNameBehindSentinels) {
    EXPECT_EQ(
        cache("production:\n  url: redis://:CANARY@mill-redis/\n  sentinels:\n    -\n      host: 10.8.0.61\n"
              "      port: 26380\n    -\n      host: 10.8.0.62\n      ssl: true\n  sentinel_password: "
              "CANARY\n"),
        R"(purpose: "cache" service: "rails" mode: SENTINEL master_name: "mill-redis" )"
        R"(nodes: "10.8.0.61:26380" nodes: "10.8.0.62:26379" tls: true)");
}

TEST(RedisConfig, ListsTheNodesOfACluster) {
    EXPECT_EQ(cache("production:\n  \n  password: CANARY\n  cluster:\n    -\n      host: 10.8.0.71\n      "
                    "port: 7000\n"
                    "    - redis://:CANARY@10.8.0.72\n    - host: '2001:db8::3'\n"),
              R"(purpose: "cache" service: "rails" mode: CLUSTER )"
              R"(nodes: "10.8.0.71:7000" nodes: "10.8.0.72:6379" nodes: "[2001:db8::3]:6379")");
}

TEST(RedisConfig, SaysThatACommandKnowsThePassword) {
    EXPECT_THAT(cache("production: {url: 'redis://cache-1', config_command: '/opt/secrets CANARY'}\n"),
                HasSubstr("password_by_command: true"));
}

TEST(RedisConfig, KeepsTheOtherSentinelsBesideAnUnclearOne) {
    const auto found = parse_redis_yml(
        "production: {url: redis://mill-redis, sentinels: [{host: 'CANARY @'}, {host: s-2}, {host: s-3, "
        "port: x}]}\n",
        "cache", "/redis.cache.yml");
    ASSERT_THAT(found.items, SizeIs(1));
    EXPECT_EQ(found.items[0].endpoint.nodes(0), "s-2:26379");
    EXPECT_THAT(found.problems, SizeIs(1));
}

TEST(RedisConfig, NeverShowsPartOfAUrlThatItCannotRead) {
    for (const auto* url :
         {"redis://:CANARY/x@cache-1", "redis://:CANARY", "http://CANARY/", "CANARY: x", "redis://%ff"}) {
        const auto found =
            parse_redis_yml("production: {url: '" + std::string(url) + "'}\n", "cache", "/c.yml");
        EXPECT_THAT(found.items, IsEmpty()) << url;
        ASSERT_THAT(found.problems, SizeIs(1)) << url;
        EXPECT_EQ(found.problems[0].cause, v1::Gap::MALFORMED);
        EXPECT_THAT(found.problems[0].detail, Not(HasSubstr("CANARY")));
    }
}

TEST(RedisConfig, RefusesFilesThatNameNoServer) {
    for (const auto* text :
         {"", "production:\n", "production: {secret_file: x}\n", "test: {url: redis://a}\n", "- a\n"}) {
        const auto found = parse_redis_yml(text, "default", "/resque.yml");
        EXPECT_THAT(found.items, IsEmpty()) << text;
        EXPECT_THAT(found.problems, SizeIs(1)) << text;
    }
}

TEST(RedisConfig, PassesOverACableWithoutRedis) {
    const auto found = parse_redis_yml("production: {adapter: async}\n", "cable", "/cable.yml");
    EXPECT_THAT(found.items, IsEmpty());
    EXPECT_THAT(found.problems, IsEmpty());
}

TEST(RedisConfig, ReadsEachInstanceOfTheOverride) {
    const auto found = parse_redis_override(
        R"(production: {"cache":{"url":"redis://:CANARY@c-1"},"sessions":{"cluster":[{"host":"s-1","port":6379}]}})",
        "/redis.yml");
    ASSERT_THAT(found.items, SizeIs(2));
    EXPECT_EQ(found.items[0].endpoint.purpose(), "cache");
    EXPECT_EQ(found.items[1].endpoint.ShortDebugString(),
              R"(purpose: "sessions" service: "rails" mode: CLUSTER nodes: "s-1:6379")");
    for (const auto* text : {"", "production:\n", "# nothing\n"}) {
        EXPECT_THAT(parse_redis_override(text, "/redis.yml").items, IsEmpty()) << text;
        EXPECT_THAT(parse_redis_override(text, "/redis.yml").problems, IsEmpty()) << text;
    }
    EXPECT_THAT(parse_redis_override("production: [1]\n", "/redis.yml").problems, SizeIs(1));
    EXPECT_THAT(parse_redis_override("production: {cache: CANARY}\n", "/redis.yml").problems, SizeIs(1));
}

}  // namespace
}  // namespace preflight::probes
