#include "probes/postgres_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/patroni_config.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<std::string> texts(const std::vector<v1::Listener>& listeners) {
    std::vector<std::string> texts;
    for (const auto& listener : listeners) texts.push_back(listener.ShortDebugString());
    return texts;
}

std::vector<std::string> listeners(std::string_view conf) {
    PostgresSettings settings;
    if (!read_postgres_conf(conf, "/postgresql.conf", settings)) return {"unreadable"};
    const auto found = postgres_listeners(settings, "postgresql", "/postgresql.conf");
    return found.problems.empty() ? texts(found.items) : std::vector<std::string>{"unclear"};
}

TEST(PostgresConfig, SaysWhereTheServerListens) {
    EXPECT_THAT(
        listeners("# listen_addresses = 'no'\nlisten_addresses = '10.8.0.51, localhost'   # where\n"
                  "port = 5433\t# restart\nSSL on\nunix_socket_directories = '/var/opt/gitlab/postgresql'\n"),
        ElementsAre(
            R"(service: "postgresql" address: "10.8.0.51" port: 5433 tls: true)",
            R"(service: "postgresql" address: "localhost" port: 5433 tls: true)",
            R"(service: "postgresql" port: 5433 socket: "/var/opt/gitlab/postgresql/.s.PGSQL.5433")"));
    EXPECT_THAT(listeners("listen_addresses = '*'\n"),
                ElementsAre(R"(service: "postgresql" address: "0.0.0.0" port: 5432)"));
    EXPECT_THAT(listeners("listen_addresses = ''\nunix_socket_directories = ''\n"), IsEmpty());
}

TEST(PostgresConfig, TakesTheLastSetting) {
    EXPECT_THAT(listeners("port = 1\nlisten_addresses = 'a'\nport = 2\n"),
                ElementsAre(R"(service: "postgresql" address: "a" port: 2)"));
}

TEST(PostgresConfig, NamesTheFilesItIncludes) {
    PostgresSettings settings;
    const auto includes =
        read_postgres_conf("include 'runtime.conf'\ninclude_if_exists = '/etc/it''s.conf'\n", "/p", settings);
    EXPECT_THAT(includes.value(), ElementsAre("runtime.conf", "/etc/it's.conf"));
}

TEST(PostgresConfig, KeepsNoPassword) {
    PostgresSettings settings;
    ASSERT_TRUE(
        read_postgres_conf("primary_conninfo = 'host=a password=CANARY'\nport = 5432\n", "/p", settings));
    EXPECT_THAT(settings, ElementsAre(std::pair<const std::string, std::string>("port", "5432")));
}

TEST(PostgresConfig, RefusesNonsense) {
    EXPECT_THAT(listeners("port = 'CANARY'\n"), ElementsAre("unclear"));
    EXPECT_THAT(listeners("port = 0\n"), ElementsAre("unclear"));
    EXPECT_THAT(listeners("listen_addresses = 'a b c'\n"), ElementsAre("unclear"));
    EXPECT_THAT(listeners(std::string_view("port = 1\0", 9)), ElementsAre("unreadable"));
    EXPECT_THAT(listeners("\xff\xfe"), ElementsAre("unreadable"));
}

TEST(PostgresConfig, ReadsTheMajorVersionOfTheData) {
    EXPECT_EQ(parse_pg_version("16\n", "/PG_VERSION").value(), "16");
    EXPECT_EQ(parse_pg_version("9.6\n", "/PG_VERSION").value(), "9.6");
    for (const auto* text : {"", "\n", "16 beta", "16.1.2", "-1", "99999999999999", "CANARY", "."}) {
        EXPECT_EQ(parse_pg_version(text, "/PG_VERSION").error().cause, v1::Gap::MALFORMED) << text;
    }
}

constexpr std::string_view member = R"(
name: pg-2.mill.example
scope: postgresql-ha
postgresql:
  listen: "0.0.0.0:5432"
  connect_address: "10.8.0.52:5432"
  parameters:
    unix_socket_directories: /var/opt/gitlab/postgresql
  authentication: {replication: {username: repl, password: CANARY}}
bootstrap:
  dcs: {"ttl":30,"standby_cluster":{"host":"10.8.0.9","port":5432}}
restapi:
  listen: ":8008"
  connect_address: "10.8.0.52:8008"
  authentication: {username: patroni, password: CANARY}
)";

TEST(PatroniConfig, DescribesTheMemberAndItsServer) {
    const auto found = parse_patroni_config(member, "/patroni.yaml");
    ASSERT_THAT(found.items, SizeIs(1));
    EXPECT_THAT(found.problems, IsEmpty());
    EXPECT_EQ(found.items[0].member.ShortDebugString(),
              R"(scope: "postgresql-ha" name: "pg-2.mill.example" connect_address: "10.8.0.52:5432" )"
              R"(rest_address: "10.8.0.52:8008" standby_cluster: true)");
    EXPECT_THAT(
        texts(found.items[0].listeners),
        ElementsAre(
            R"(service: "postgresql" address: "0.0.0.0" port: 5432)",
            R"(service: "postgresql" port: 5432 socket: "/var/opt/gitlab/postgresql/.s.PGSQL.5432")"));
}

TEST(PatroniConfig, SaysWhatItCannotRead) {
    const auto found = parse_patroni_config(
        "name: pg-2\nscope: ha\npostgresql: {listen: CANARY, connect_address: 'CANARY CANARY'}\n",
        "/patroni.yaml");
    ASSERT_THAT(found.items, SizeIs(1));
    EXPECT_FALSE(found.items[0].member.standby_cluster());
    EXPECT_THAT(found.problems, SizeIs(3));
    for (const auto& problem : found.problems) EXPECT_THAT(problem.detail, Not(HasSubstr("CANARY")));
    for (const auto* text : {"", "scope: ha\n", "[]\n", "name: [\n"}) {
        EXPECT_THAT(parse_patroni_config(text, "/patroni.yaml").items, IsEmpty()) << text;
        EXPECT_THAT(parse_patroni_config(text, "/patroni.yaml").problems, SizeIs(1)) << text;
    }
}

}  // namespace
}  // namespace preflight::probes
