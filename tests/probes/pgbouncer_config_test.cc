#include "probes/pgbouncer_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(PgbouncerConfig, SaysWhereThePoolerListens) {
    const auto found = parse_pgbouncer_ini(
        ";; comment\n[pgbouncer]\nlisten_addr = 0.0.0.0\nlisten_port = 6433\nunix_socket_dir = "
        "/var/opt/gitlab/pgbouncer\n"
        "client_tls_sslmode = require\nauth_query = SELECT username, password FROM x($1)\n[peers]\n"
        ";%include /no\n%include /var/opt/gitlab/pgbouncer/databases.ini\n",
        "/pgbouncer.ini");
    ASSERT_THAT(found.items, SizeIs(1));
    EXPECT_THAT(found.problems, IsEmpty());
    ASSERT_THAT(found.items[0].listeners, SizeIs(2));
    EXPECT_EQ(found.items[0].listeners[0].ShortDebugString(),
              R"(service: "pgbouncer" address: "0.0.0.0" port: 6433 tls: true)");
    EXPECT_EQ(found.items[0].listeners[1].socket(), "/var/opt/gitlab/pgbouncer/.s.PGSQL.6433");
    EXPECT_THAT(found.items[0].includes, ElementsAre("/var/opt/gitlab/pgbouncer/databases.ini"));
    EXPECT_THAT(found.items[0].databases, IsEmpty());
}

TEST(PgbouncerConfig, NamesTheServerBehindEachDatabase) {
    const auto found = parse_pgbouncer_ini(
        "[databases]\n\ngitlabhq_production = host=10.8.0.51 port=5433 auth_user=pgbouncer\n"
        "sidekiq = host=db-2 dbname=gitlabhq_production user=gl password='CAN''ARY host=CANARY'\n",
        "/databases.ini");
    ASSERT_THAT(found.items, SizeIs(1));
    ASSERT_THAT(found.items[0].databases, SizeIs(2));
    EXPECT_EQ(found.items[0].databases[0].ShortDebugString(),
              R"(purpose: "pgbouncer" service: "pgbouncer" host: "10.8.0.51" port: 5433 )"
              R"(database: "gitlabhq_production" user: "pgbouncer")");
    EXPECT_EQ(found.items[0].databases[1].ShortDebugString(),
              R"(purpose: "pgbouncer" service: "pgbouncer" host: "db-2" port: 5432 )"
              R"(database: "gitlabhq_production" user: "gl")");
}

TEST(PgbouncerConfig, LosesOneDatabaseAndKeepsTheOthers) {
    const auto found = parse_pgbouncer_ini(
        "[databases]\na = host=CANARY@x\nb = port=CANARY\nc = host=db-3\nCANARY\n%include CANARY\n",
        "/databases.ini");
    ASSERT_THAT(found.items, SizeIs(1));
    ASSERT_THAT(found.items[0].databases, SizeIs(1));
    EXPECT_EQ(found.items[0].databases[0].host(), "db-3");
    ASSERT_THAT(found.problems, SizeIs(4));
    for (const auto& problem : found.problems) EXPECT_THAT(problem.detail, Not(HasSubstr("CANARY")));
}

TEST(PgbouncerConfig, SaysThatItIncludesMoreFilesThanAreRead) {
    std::string text = "[pgbouncer]\nlisten_addr = 10.8.0.61\n";
    for (int at = 0; at < 16; ++at) text += "%include /etc/pgbouncer/" + std::to_string(at) + ".ini\n";
    EXPECT_THAT(parse_pgbouncer_ini(text, "/x").problems, IsEmpty());
    const auto cut = parse_pgbouncer_ini(text + "%include /a.ini\n%include /b.ini\n", "/x");
    EXPECT_THAT(cut.items.at(0).includes, SizeIs(16));
    ASSERT_THAT(cut.problems, SizeIs(1));
    EXPECT_EQ(cut.problems[0].cause, v1::Gap::DROPPED);
}

TEST(PgbouncerConfig, TakesNoConnectionStringForAName) {
    const auto found = parse_pgbouncer_ini(
        "[databases]\na = host=db-3 dbname='x password=CANARY'\nx password=CANARY\n", "/databases.ini");
    ASSERT_THAT(found.items, SizeIs(1));
    for (const auto& endpoint : found.items[0].databases) EXPECT_EQ(endpoint.database(), "");
    EXPECT_THAT(found.problems, SizeIs(2));
}

TEST(PgbouncerConfig, InventsNothingFromAnEmptyFile) {
    for (const auto* text : {"", "\n\n", "; %include /x\n# nothing\n"}) {
        const auto found = parse_pgbouncer_ini(text, "/x");
        EXPECT_THAT(found.items, IsEmpty());
        EXPECT_EQ(found.problems.at(0).cause, v1::Gap::MALFORMED);
    }
}

TEST(PgbouncerConfig, RefusesWhatIsNoText) {
    EXPECT_EQ(parse_pgbouncer_ini("\xff", "/x").problems.at(0).cause, v1::Gap::MALFORMED);
    EXPECT_THAT(parse_pgbouncer_ini("[pgbouncer]\nlisten_port = CANARY\n", "/x").problems, SizeIs(1));
    EXPECT_THAT(parse_pgbouncer_ini("[", "/x").problems, IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
