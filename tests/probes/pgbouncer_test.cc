#include "probes/pgbouncer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/postgres.h"
#include "tests/probes/fault_server.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/postgres_server.h"
#include "tests/probes/real_pgbouncer.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A real PgBouncer before a real PostgreSQL, and a node that is configured for it.
class PgbouncerProbe : public ::testing::Test {
  protected:
    PgbouncerProbe()
        : pgbouncer_(server_.port(), "\"gitlab\" \"CANARY-gitlab\"\n\"pgbouncer\" \"CANARY-console\"\n") {
        server_.run("CREATE ROLE gitlab LOGIN PASSWORD 'CANARY-gitlab'");
        tree_.directory("/opt/gitlab/sv/pgbouncer");
        tree_.link("/opt/gitlab/service/pgbouncer", "/opt/gitlab/sv/pgbouncer");
        tree_.file(
            "/var/opt/gitlab/pgbouncer/pgbouncer.ini",
            fmt::format("[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n", pgbouncer_.port()));
        tree_.file("/var/opt/gitlab/pgbouncer/pg_auth", "\"pgbouncer\" \"CANARY-console\"\n");
    }

    PostgresServer server_;
    RealPgbouncer pgbouncer_;
    NodeTree tree_;
};

TEST_F(PgbouncerProbe, ReadsItsConsole) {
    const auto found = tree_.look(pgbouncer, Machine::live);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_TRUE(found[0].reach().reached()) << found[0].reach().detail();
    EXPECT_EQ(found[0].reach().kind(), "pgbouncer");
    const auto& status = found[1].pgbouncer_status();
    EXPECT_THAT(status.version(), HasSubstr("1.18"));
    ASSERT_FALSE(status.databases().empty());
    EXPECT_EQ(status.databases(0).name(), "gitlabhq_production");
    EXPECT_EQ(status.databases(0).port(), server_.port());
    EXPECT_EQ(status.settings().at("pool_mode"), "transaction");
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST_F(PgbouncerProbe, SaysThatTheConsoleRefusesTheLogin) {
    tree_.file("/var/opt/gitlab/pgbouncer/pg_auth", "\"pgbouncer\" \"CANARY-wrong\"\n");
    const auto found = tree_.look(pgbouncer, Machine::live);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].reach().failed_at(), v1::Reach::AUTHENTICATION);
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST_F(PgbouncerProbe, AsksPostgresqlThroughItAndSaysSo) {
    tree_.file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml", "production: {}\n");
    tree_.file(
        "/var/opt/gitlab/gitlab-rails/etc/database.yml",
        fmt::format(
            "production:\n  main:\n    database: gitlabhq_production\n    host: 127.0.0.1\n    port: {}\n"
            "    username: gitlab\n    password: CANARY-gitlab\n    sslmode: disable\n",
            pgbouncer_.port()));
    const auto found = tree_.look(postgres, Machine::live);
    ASSERT_TRUE(found.at(0).reach().reached()) << found[0].reach().detail();
    EXPECT_TRUE(found.at(1).postgres_instance().through_pgbouncer());
    EXPECT_THAT(found.at(1).postgres_instance().version(), ::testing::StartsWith("15."));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

// As they go over PostgreSQL's wire: https://www.postgresql.org/docs/current/protocol-message-formats.html
std::string number(std::size_t value, int bytes) {
    std::string text;
    while (bytes-- > 0) text += static_cast<char>((value >> (8 * bytes)) & 0xFF);
    return text;
}
std::string message(char kind, const std::string& body) { return kind + number(body.size() + 4, 4) + body; }
std::string text(std::string_view value) { return std::string(value) + '\0'; }
std::string one_cell(std::string_view column, std::string_view value) {
    return message('T', number(1, 2) + text(column) + number(0, 6) + number(25, 4) + std::string(6, '\xFF') +
                            number(0, 2)) +
           message('D', number(1, 2) + number(value.size(), 4) + std::string(value)) +
           message('C', text("SHOW"));
}
std::string refusal(std::string_view code) {
    return message('E', text("SERROR") + text("C" + std::string(code)) + text("MCANARY") + '\0');
}

// A console that says its version and little else: a real one answers all or nothing.
std::string reticent_console(std::string_view asked) {
    const std::string ready = message('Z', "I");
    if (asked.find("SHOW VERSION") != std::string_view::npos)
        return one_cell("version", "PgBouncer 1.24.1") + ready;
    if (asked.starts_with('Q'))
        return refusal(asked.find("POOLS") == std::string_view::npos ? "0A000" : "42501") + ready;
    const bool asks_for_tls = asked.size() == 8;
    return asks_for_tls ? "N" : message('R', number(0, 4)) + ready;
}

TEST(Pgbouncer, NamesWhatItsConsoleDoesNotTell) {
    const FaultServer console(reticent_console, FaultServer::Afterwards::listens);
    NodeTree tree;
    tree.directory("/opt/gitlab/sv/pgbouncer");
    tree.link("/opt/gitlab/service/pgbouncer", "/opt/gitlab/sv/pgbouncer");
    tree.file("/var/opt/gitlab/pgbouncer/pgbouncer.ini",
              fmt::format("[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n", console.port()));
    const auto found = tree.look(pgbouncer, Machine::live);
    ASSERT_EQ(found.size(), 6U);
    EXPECT_TRUE(found[0].reach().reached()) << found[0].reach().detail();
    EXPECT_EQ(found[1].gap().affects(), "PgBouncer's databases");
    EXPECT_EQ(found[1].gap().cause(), v1::Gap::FAILED);
    EXPECT_EQ(found[2].gap().affects(), "PgBouncer's pools");
    EXPECT_EQ(found[2].gap().cause(), v1::Gap::DENIED);
    EXPECT_EQ(found[3].gap().affects(), "PgBouncer's config");
    EXPECT_EQ(found[4].gap().affects(), "PgBouncer's servers");
    EXPECT_EQ(found[5].pgbouncer_status().version(), "1.24.1");
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Pgbouncer, IsNotMissedWhereItDoesNotRun) {
    EXPECT_THAT(NodeTree().look(pgbouncer, Machine::live), IsEmpty());
}

TEST(Pgbouncer, OfATreeIsNotAsked) {
    NodeTree tree;
    tree.directory("/opt/gitlab/sv/pgbouncer");
    tree.link("/opt/gitlab/service/pgbouncer", "/opt/gitlab/sv/pgbouncer");
    tree.file("/var/opt/gitlab/pgbouncer/pgbouncer.ini",
              "[pgbouncer]\nlisten_addr = 0.0.0.0\nlisten_port = 6432\n");
    EXPECT_THAT(tree.look(pgbouncer), ElementsAre(gap(v1::Gap::NOT_LIVE)));
}

TEST(Pgbouncer, ThatIsDownIsARouteThatFails) {
    NodeTree tree;
    tree.directory("/opt/gitlab/sv/pgbouncer");
    tree.link("/opt/gitlab/service/pgbouncer", "/opt/gitlab/sv/pgbouncer");
    tree.file(
        "/var/opt/gitlab/pgbouncer/pgbouncer.ini",
        fmt::format("[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n", FaultServer::free_port()));
    const auto found = tree.look(pgbouncer, Machine::live);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].reach().failed_at(), v1::Reach::ROUTE);
}

}  // namespace
}  // namespace preflight::probes
