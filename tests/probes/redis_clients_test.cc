#include "probes/redis_clients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

template <typename Item>
std::string only(const Parsed<Item>& found) {
    return found.items.size() == 1 && found.problems.empty() ? found.items[0].ShortDebugString() : "not one";
}

std::string only(const Parsed<RedisClient>& found) { return only(endpoints_of(found)); }

TEST(RedisClients, ReadWorkhorseBySocketAndBySentinels) {
    EXPECT_EQ(only(parse_workhorse_redis("[redis]\nPassword = \"CANARY\"\nURL = \"unix:/run/redis.socket\"\n",
                                         "/c.toml")),
              R"(purpose: "workhorse" service: "workhorse" mode: SOCKET socket: "/run/redis.socket")");
    EXPECT_EQ(only(parse_workhorse_redis(
                  "config_command = \"/bin/x CANARY\"\n[redis]\n"
                  "Sentinel = [\"redis://:CANARY@10.8.0.61:26379\", \"rediss://10.8.0.62\"]\n"
                  "SentinelMaster = \"mill-redis\"\nSentinelPassword = \"CANARY\"\n",
                  "/c.toml")),
              R"(purpose: "workhorse" service: "workhorse" mode: SENTINEL master_name: "mill-redis" )"
              R"(nodes: "10.8.0.61:26379" nodes: "10.8.0.62:26379" tls: true password_by_command: true)");
}

TEST(RedisClients, FindNoRedisWhereWorkhorseUsesNone) {
    const auto found = parse_workhorse_redis("[image_resizer]\nmax_scaler_procs = 4\n", "/c.toml");
    EXPECT_THAT(found.items, IsEmpty());
    EXPECT_THAT(found.problems, IsEmpty());
    EXPECT_THAT(parse_workhorse_redis("[redis]\nPassword = \"CANARY\"\n", "/c.toml").problems, SizeIs(1));
}

TEST(RedisClients, ReadTheAgentServer) {
    EXPECT_EQ(only(parse_kas_redis(
                  "redis:\n  network: tcp\n  server:\n    address: redis-1:6380\n  tls: {enabled: true}\n"
                  "  password_file: /x\n",
                  "/kas.yml")),
              R"(purpose: "kas" service: "gitlab-kas" mode: TLS host: "redis-1" port: 6380 tls: true)");
    EXPECT_EQ(
        only(parse_kas_redis("redis: {network: unix, server: {address: /run/redis.socket}}\n", "/kas.yml")),
        R"(purpose: "kas" service: "gitlab-kas" mode: SOCKET socket: "/run/redis.socket")");
    EXPECT_EQ(only(parse_kas_redis("config: {command: CANARY}\n"
                                   "redis: {sentinel: {master_name: mill, addresses: ['s-1:26380', s-2]}}\n",
                                   "/kas.yml")),
              R"(purpose: "kas" service: "gitlab-kas" mode: SENTINEL master_name: "mill" nodes: "s-1:26380" )"
              R"(nodes: "s-2:26379" password_by_command: true)");
    EXPECT_THAT(parse_kas_redis("gitlab: {address: x}\n", "/kas.yml").problems, SizeIs(1));
}

TEST(RedisClients, ReadTheRegistrysEnabledUsesOnce) {
    const auto found = parse_registry_redis(
        R"(redis: {"cache":{"enabled":true,"addr":"10.8.0.5:6379","password":"CANARY","db":2},)"
        R"("ratelimiter":{"enabled":true,"addr":"10.8.0.5:6379","password":"CANARY","db":2},)"
        R"("loadbalancing":{"enabled":true,"mainname":"mill","addr":"s-1:26379,s-2:26379"},)"
        R"("other":{"enabled":false,"addr":"CANARY"}})",
        "/config.yml");
    ASSERT_THAT(found.items, SizeIs(2));
    EXPECT_EQ(found.items[0].endpoint.ShortDebugString(),
              R"(purpose: "registry" service: "registry" mode: TCP host: "10.8.0.5" port: 6379 database: 2)");
    EXPECT_EQ(found.items[1].endpoint.ShortDebugString(),
              R"(purpose: "registry" service: "registry" mode: SENTINEL )"
              R"(master_name: "mill" nodes: "s-1:26379" nodes: "s-2:26379")");
    EXPECT_THAT(parse_registry_redis("version: 0.1\n", "/config.yml").items, IsEmpty());
}

TEST(RedisClients, ReadTheRegistrysDatabaseWhenItIsOn) {
    const auto database = [](std::string_view enabled, std::string_view host) {
        return parse_registry_database(
            R"(database: {"enabled":)" + std::string(enabled) + R"(,"host":")" + std::string(host) +
                R"(","port":5432,"user":"registry",)"
                R"("password":"CANARY","dbname":"registry_db","sslmode":"verify-full"})",
            "/config.yml");
    };
    EXPECT_EQ(only(database("true", "db-3")),
              R"(purpose: "registry" service: "registry" host: "db-3" port: 5432 database: "registry_db" )"
              R"(user: "registry" sslmode: "verify-full")");
    EXPECT_THAT(database("\"prefer\"", "/var/opt/gitlab/postgresql").items, SizeIs(1));
    EXPECT_THAT(database("\"prefer\"", "").items, IsEmpty());
    EXPECT_THAT(database("false", "db-3").items, IsEmpty());
    EXPECT_THAT(database("true", "a b CANARY").problems, SizeIs(1));
}

TEST(RedisClients, NeverRepeatWhatTheyCannotRead) {
    const auto found = parse_workhorse_redis("[redis]\nURL = \"redis://:CANARY/x@host\"\n", "/c.toml");
    ASSERT_THAT(found.problems, SizeIs(1));
    EXPECT_THAT(found.problems[0].detail, Not(HasSubstr("CANARY")));
    EXPECT_THAT(parse_kas_redis("redis: {server: {address: 'CANARY CANARY'}}\n", "/kas.yml").problems,
                SizeIs(1));
    EXPECT_THAT(parse_registry_redis("redis: {addr: 'CANARY:x'}\n", "/r.yml").problems, SizeIs(1));
}

TEST(RedisClients, TakeNoCredentialsForTheNameOfAMaster) {
    const auto found = parse_workhorse_redis(
        "[redis]\nSentinelMaster = 'a:CANARY:b'\nSentinel = ['tcp://10.8.0.61:26379', 'tcp://u:CANARY:h']\n",
        "/config.toml");
    ASSERT_EQ(found.items.size(), 1u);
    EXPECT_EQ(found.items[0].endpoint.master_name(), "");
    EXPECT_EQ(found.items[0].endpoint.nodes_size(), 1);
    EXPECT_EQ(found.problems.size(), 2u);
}

TEST(RedisClients, AreUnknownWhereTheFileOfWorkhorseIsEmpty) {
    EXPECT_EQ(parse_workhorse_redis("\n", "/config.toml").problems.at(0).cause, v1::Gap::MALFORMED);
}

}  // namespace
}  // namespace preflight::probes
