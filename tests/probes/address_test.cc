#include "probes/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

TEST(Address, CutsAUrlAndForgetsItsUser) {
    const auto address = parse_address("redis://deploy:CANARY%40pw@cache-1.mill.example:6380/3?timeout=5");
    ASSERT_TRUE(address);
    EXPECT_EQ(address->scheme, "redis");
    EXPECT_EQ(address->host, "cache-1.mill.example");
    EXPECT_EQ(address->port, 6380u);
    EXPECT_EQ(address->path, "/3");
}

TEST(Address, UnderstandsEveryFormOfASocket) {
    for (const auto* text :
         {"unix:/run/mill/redis.socket", "unix:///run/mill/redis.socket", "/run/mill/redis.socket",
          "http+unix://%2Frun%2Fmill%2Fredis.socket", "unix://:CANARY@/run/mill/redis.socket"}) {
        const auto address = parse_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->socket, "/run/mill/redis.socket") << text;
        EXPECT_EQ(address->host, "") << text;
    }
}

TEST(Address, UnderstandsHostsAndPorts) {
    const auto place = [](std::string_view text) {
        const auto address = parse_address(text);
        return address ? address->host + " " + std::to_string(address->port) : "none";
    };
    EXPECT_EQ(place("tcp://gitaly-1:8075"), "gitaly-1 8075");
    EXPECT_EQ(place("TLS://gitaly-1:9999"), "gitaly-1 9999");
    EXPECT_EQ(place("dns:///gitaly-1:8075"), "gitaly-1 8075");
    EXPECT_EQ(place("dns://10.9.0.2/gitaly-1:8075"), "gitaly-1 8075");
    EXPECT_EQ(place("10.9.0.3:5432"), "10.9.0.3 5432");
    EXPECT_EQ(place(":8008"), " 8008");
    EXPECT_EQ(place("[2001:db8::7]:6379"), "2001:db8::7 6379");
    EXPECT_EQ(place("redis://[2001:db8::7]"), "2001:db8::7 0");
    EXPECT_EQ(place("2001:db8::7"), "2001:db8::7 0");
    EXPECT_EQ(place("redis://mill-redis"), "mill-redis 0");
}

TEST(Address, RefusesWhatMightShowPartOfAPassword) {
    // Ruby refuses these too: such a character must be percent-encoded in a password.
    for (const auto* text :
         {"redis://:CANARY/rest@cache-1:6379", "redis://:CANARY?rest@cache-1", "redis://:CANARY#rest@cache-1",
          "redis://cache-1/0?password=a@CANARY", "redis://:CANARYpw"}) {
        EXPECT_FALSE(parse_address(text)) << text;
        EXPECT_EQ(without_user(text), "") << text;
    }
    EXPECT_EQ(parse_address("redis://:CANARY@CANARY@cache-1")->host, "cache-1");
}

TEST(Address, RefusesNonsense) {
    for (const std::string& text :
         {std::string(), std::string("host=10.0.0.1 password=CANARY"), std::string("redis://ho st"),
          std::string("redis://cache:port"), std::string("redis://cache:70000"), std::string("redis://%zz"),
          std::string("redis://%ff%fe"), std::string("redis://%"), std::string("unix:relative"),
          std::string("[::1"), std::string("a\0b", 3), std::string("<%= ENV['CANARY'] %>"),
          std::string(5000, 'a'), std::string("redis://") + std::string(5000, '['), std::string("://x"),
          std::string("unix:/a\nb")}) {
        EXPECT_FALSE(parse_address(text)) << text;
    }
}

TEST(Address, GivesAUrlBackWithoutItsUser) {
    EXPECT_EQ(without_user("https://bot:CANARY@git.mill.example/scm?token=CANARY#x"),
              "https://git.mill.example/scm");
    EXPECT_EQ(without_user("unix:/run/gitaly.socket"), "unix:/run/gitaly.socket");
    EXPECT_EQ(without_user("http+unix://%2Frun%2Fsocket"), "http+unix://%2Frun%2Fsocket");
    EXPECT_EQ(without_user("dns:///gitaly-1:8075"), "dns:///gitaly-1:8075");
    EXPECT_EQ(without_user("10.9.0.3:5432"), "10.9.0.3:5432");
}

TEST(Address, WritesIpv6InBrackets) {
    EXPECT_EQ(host_and_port("10.9.0.3", 6379), "10.9.0.3:6379");
    EXPECT_EQ(host_and_port("2001:db8::7", 6379), "[2001:db8::7]:6379");
}

TEST(Address, KnowsLoopback) {
    for (const auto* host : {"localhost", "127.0.0.1", "127.1.2.3", "::1"})
        EXPECT_TRUE(is_loopback(host)) << host;
    for (const auto* host : {"10.0.0.1", "localhost.mill.example", "127.evil.example", ""}) {
        EXPECT_FALSE(is_loopback(host)) << host;
    }
}

TEST(Address, TakesNoColonsForAHostButThoseOfAnAddress) {
    for (const auto* text : {"redis://u:CANARY:host", "a:CANARY:b", "tcp://u:CANARY:gitaly-1:8075"}) {
        EXPECT_FALSE(parse_address(text)) << text;
        EXPECT_FALSE(is_host(text)) << text;
    }
    EXPECT_TRUE(is_host("2001:db8::7"));
    EXPECT_FALSE(is_host("/run/mill password=CANARY"));
}

TEST(Address, TellsAPlaceWithoutItsCredentials) {
    EXPECT_EQ(without_credentials("https://mill.blob.example/backups?sig=CANARY"),
              "https://mill.blob.example/backups");
    EXPECT_EQ(without_credentials("https://u:CANARY@mill.example/b"), "https://mill.example/b");
    EXPECT_EQ(without_credentials("backups?sig"), "backups");
    EXPECT_EQ(without_credentials("u:CANARY@bucket"), "");
}

TEST(Address, SaysWhichNameIsNoneButNotWhatItHolds) {
    std::vector<Problem> problems;
    EXPECT_EQ(name_of_key("x password=CANARY", "database", "/database.yml", problems), "");
    EXPECT_THAT(problems, ::testing::ElementsAre(
                              Problem{v1::Gap::MALFORMED, "/database.yml", "database is no plain name"}));
}

TEST(Address, KeepsConnectionStringsOutOfNames) {
    EXPECT_EQ(name_or_nothing("gitlabhq_production"), "gitlabhq_production");
    EXPECT_EQ(name_or_nothing("postgres://u:CANARY@h/d"), "");
    for (const auto* text : {"x password=CANARY", "u:CANARY", "CANARY@h", "host=CANARY"}) {
        EXPECT_EQ(name_or_nothing(text), "") << text;
    }
    EXPECT_EQ(name_or_nothing("line\nline"), "");
    EXPECT_EQ(name_or_nothing("\xff\xfe"), "");
    EXPECT_EQ(name_or_nothing(std::string(300, 'x')), "");
}

}  // namespace
}  // namespace preflight::probes
