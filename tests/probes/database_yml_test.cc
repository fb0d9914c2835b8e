#include "probes/database_yml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Parsed<v1::PostgresEndpoint> parsed(std::string_view text) {
    return parse_database_yml(text, "/database.yml");
}

std::string only(std::string_view text) {
    const auto found = parsed(text);
    return found.items.size() == 1 && found.problems.empty() ? found.items[0].ShortDebugString() : "not one";
}

TEST(DatabaseYml, NamesEachDatabaseWithItsReplicas) {
    const auto found = parsed(R"(
production:
  main:
    adapter: postgresql
    database: gitlabhq_production
    username: "gitlab"
    password: "CANARY-main"
    host: "10.8.0.20"
    port: 6432
    sslmode: require
    load_balancing: {"hosts":["10.8.0.21","10.8.0.22"]}
    database_tasks: true
  ci:
    database: gitlabhq_production
    host: "10.8.0.20"
    port: 6432
    load_balancing: {"discover":{"record":"replicas.service.consul","port":8600}}
    database_tasks: false
)");
    ASSERT_THAT(found.items, SizeIs(2));
    EXPECT_THAT(found.problems, IsEmpty());
    EXPECT_EQ(
        found.items[0].ShortDebugString(),
        R"(purpose: "main" service: "rails" host: "10.8.0.20" port: 6432 database: "gitlabhq_production" )"
        R"(user: "gitlab" sslmode: "require" replicas: "10.8.0.21" replicas: "10.8.0.22")");
    EXPECT_EQ(
        found.items[1].ShortDebugString(),
        R"(purpose: "ci" service: "rails" host: "10.8.0.20" port: 6432 database: "gitlabhq_production" )"
        R"(replica_discovery: "replicas.service.consul" shares_main: true)");
}

TEST(DatabaseYml, ReadsTheFlatFormAsMain) {
    EXPECT_EQ(
        only("production:\n  adapter: postgresql\n  database: gl\n  host: /var/opt/gitlab/postgresql\n"),
        R"(purpose: "main" service: "rails" host: "/var/opt/gitlab/postgresql" port: 5432 database: "gl")");
}

TEST(DatabaseYml, ReadsMergedSettings) {
    EXPECT_EQ(only("common: &common {host: db.mill.example, port: 5433}\nproduction:\n  main: {<<: *common, "
                   "database: gl}\n"),
              R"(purpose: "main" service: "rails" host: "db.mill.example" port: 5433 database: "gl")");
}

TEST(DatabaseYml, KeepsTheFurtherHostsOfAList) {
    EXPECT_EQ(only("production: {main: {host: 'db-1,db-2', port: 5432}}\n"),
              R"(purpose: "main" service: "rails" host: "db-1" port: 5432 replicas: "db-2")");
}

TEST(DatabaseYml, TakesAUrlWithoutItsPassword) {
    EXPECT_EQ(
        only("production: {main: {url: 'postgresql://gl:CANARY@db.mill.example:5433/gitlabhq'}}\n"),
        R"(purpose: "main" service: "rails" host: "db.mill.example" port: 5433 database: "gitlabhq" user: "gl")");
}

TEST(DatabaseYml, BelievesAUrlMoreThanWhatStandsBesideIt) {
    EXPECT_EQ(
        only("production: {main: {url: 'postgresql://db-2/gitlab', host: db-1, port: 5433, database: gl, "
             "username: git}}\n"),
        R"(purpose: "main" service: "rails" host: "db-2" port: 5433 database: "gitlab" user: "git")");
}

TEST(DatabaseYml, LogsInWithWhatTheUrlSays) {
    const auto logins = parse_database_logins(
        "production: {main: {url: 'postgresql://g%2Dl:CAN%2FARY@db-1/gl', username: git, password: old}}\n",
        "x");
    ASSERT_THAT(logins.items, SizeIs(1));
    EXPECT_EQ(logins.items[0].endpoint.user(), "g-l");
    EXPECT_EQ(logins.items[0].password.reveal(), "CAN/ARY");
}

TEST(DatabaseYml, DecodesEveryPartOfAUrl) {
    const auto logins = parse_database_logins(
        "production: {main: {url: 'postgresql://gl:p%40ss%3ACANARY%25@%2Frun%2Fpg/gitlab%2Dprod'}}\n", "x");
    ASSERT_THAT(logins.items, SizeIs(1));
    EXPECT_EQ(logins.items[0].password.reveal(), "p@ss:CANARY%");
    EXPECT_EQ(logins.items[0].endpoint.host(), "/run/pg");
    EXPECT_EQ(logins.items[0].endpoint.database(), "gitlab-prod");
    for (const auto* url : {"postgresql://gl:CANARY@db-1/gl%zz", "postgresql://db-1/a%3DCANARY"}) {
        const auto found = parsed("production: {main: {url: '" + std::string(url) + "'}}\n");
        EXPECT_THAT(found.items, IsEmpty()) << url;
        ASSERT_THAT(found.problems, SizeIs(1)) << url;
        EXPECT_THAT(found.problems[0].detail, Not(HasSubstr("CANARY")));
    }
}

TEST(DatabaseYml, SaysWhatItDoesNotTakeFromAUrl) {
    for (const auto* url :
         {"postgresql://gl:CANARY@db-1/gl?sslmode=verify-full", "postgresql://a%40b@db-1/gl"}) {
        const auto found = parsed("production: {main: {url: '" + std::string(url) + "'}}\n");
        ASSERT_THAT(found.items, SizeIs(1)) << url;
        EXPECT_EQ(found.items[0].host(), "db-1");
        ASSERT_THAT(found.problems, SizeIs(1)) << url;
        EXPECT_EQ(found.problems[0].cause, v1::Gap::MALFORMED);
        EXPECT_THAT(found.problems[0].detail, Not(HasSubstr("CANARY")));
    }
    const auto uncertain = parsed("production: {main: {url: 'postgresql://gl:CAN/ARY@db-1/gl'}}\n");
    EXPECT_THAT(uncertain.items, IsEmpty());
    EXPECT_THAT(uncertain.problems, SizeIs(1));
}

TEST(DatabaseYml, SaysThatACommandKnowsThePassword) {
    EXPECT_THAT(only("production:\n  config_command: /opt/bin/db-secrets CANARY\n  main: {host: db-1}\n"),
                HasSubstr("password_by_command: true"));
}

TEST(DatabaseYml, LosesOneDatabaseAndKeepsTheOthers) {
    const auto found = parsed(
        "production:\n  main: {host: \"<%= ENV['CANARY'] %>\"}\n  ci: {host: db-1, port: many}\n"
        "  sec: {host: 'host=db-1 password=CANARY'}\n  geo: {host: db-9}\n");
    ASSERT_THAT(found.items, SizeIs(1));
    EXPECT_EQ(found.items[0].purpose(), "geo");
    ASSERT_THAT(found.problems, SizeIs(3));
    for (const auto& problem : found.problems) {
        EXPECT_EQ(problem.cause, v1::Gap::MALFORMED);
        EXPECT_THAT(problem.detail, Not(HasSubstr("CANARY")));
    }
}

TEST(DatabaseYml, RefusesFilesWithoutAProductionDatabase) {
    for (const auto* text :
         {"", "production:\n", "production: []\n", "development: {main: {host: a}}\n", "production: {}\n"}) {
        const auto found = parsed(text);
        EXPECT_THAT(found.items, IsEmpty()) << text;
        EXPECT_THAT(found.problems, SizeIs(1)) << text;
    }
}

TEST(DatabaseYml, AsksNoOtherNameServerThanTheOneThatIsWritten) {
    const auto logins = [](const std::string& discover) {
        return parse_database_logins(
            "production:\n  main:\n    host: 10.8.0.20\n    load_balancing:\n      discover: {" + discover +
                "}\n",
            "/database.yml");
    };
    for (const auto* unclear :
         {"record: replica.db, nameserver: 'ns:CANARY@x'", "record: replica.db, port: 86OO",
          "record: replica.db, port: 0", "record: replica.db, nameserver: [10.8.0.9]"}) {
        const auto found = logins(unclear);
        ASSERT_THAT(found.items, SizeIs(1)) << unclear;
        EXPECT_EQ(found.items[0].discovery.record, "") << unclear;
        ASSERT_THAT(found.problems, SizeIs(1)) << unclear;
        EXPECT_EQ(found.problems[0].detail, "load balancing of the database main cannot be read");
    }
    const auto plain = logins("record: replica.db, nameserver: , port: 53");
    EXPECT_THAT(plain.problems, IsEmpty());
    EXPECT_EQ(plain.items.at(0).discovery.nameserver, "localhost");
    EXPECT_EQ(plain.items.at(0).discovery.port, 53U);
}

TEST(DatabaseYml, TakesNoConnectionStringForAName) {
    const auto found = parse_database_yml(
        "production:\n  main:\n    host: 10.8.0.20\n    database: x password=CANARY\n"
        "    username: u:CANARY@h\n    sslmode: require password=CANARY\n    load_balancing:\n"
        "      hosts: ['a:CANARY:b']\n      discover: {record: 'a:CANARY:b'}\n",
        "/database.yml");
    ASSERT_EQ(found.items.size(), 1u);
    EXPECT_EQ(found.items[0].ShortDebugString(),
              R"(purpose: "main" service: "rails" host: "10.8.0.20" port: 5432)");
    EXPECT_EQ(found.problems.size(), 4u);
    for (const auto& problem : found.problems) {
        EXPECT_EQ(problem.detail.find("CANARY"), std::string::npos);
    }
}

}  // namespace
}  // namespace preflight::probes
