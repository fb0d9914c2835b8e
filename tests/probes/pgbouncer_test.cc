#include "probes/pgbouncer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <memory>

#include "probes/postgres.h"
#include "tests/integration/program.h"
#include "tests/probes/fault_server.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/postgres_server.h"
#include "tests/temporary_folder.h"

namespace preflight::probes {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A real PgBouncer before a real PostgreSQL, and a node that is configured for it.
class PgbouncerProbe : public ::testing::Test {
  protected:
    PgbouncerProbe() : port_(FaultServer::free_port()) {
        server_.run("CREATE ROLE gitlab LOGIN PASSWORD 'CANARY-gitlab'");
        std::ofstream(folder_ / "users")
            << "\"gitlab\" \"CANARY-gitlab\"\n\"pgbouncer\" \"CANARY-console\"\n";
        std::ofstream(folder_ / "pgbouncer.ini") << fmt::format(
            "[databases]\ngitlabhq_production = host=127.0.0.1 port={} dbname=gitlabhq_production\n"
            "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\nunix_socket_dir = {}\nauth_type = "
            "scram-sha-256\n"
            "auth_file = {}/users\npool_mode = transaction\nadmin_users = gitlab-psql, postgres, pgbouncer\n",
            server_.port(), port_, folder_.string(), folder_.string());
        std::vector<std::string> argv;
        if (::geteuid() == 0) {
            const auto* account = ::getpwnam("postgres");
            for (const auto& file : {folder_.path(), folder_ / "users", folder_ / "pgbouncer.ini"})
                EXPECT_EQ(::chown(file.c_str(), account->pw_uid, account->pw_gid), 0);
            argv = {"/usr/bin/setpriv", "--pdeathsig=INT", "--reuid=postgres",
                    "--regid=postgres", "--clear-groups",  "--"};
        }
        argv.insert(argv.end(), {"/usr/sbin/pgbouncer", folder_ / "pgbouncer.ini"});
        program_ = std::make_unique<Program>(argv);
        EXPECT_TRUE(program_->wait_for_line("process up")) << program_->output();
        tree_.directory("/opt/gitlab/sv/pgbouncer");
        tree_.link("/opt/gitlab/service/pgbouncer", "/opt/gitlab/sv/pgbouncer");
        tree_.file("/var/opt/gitlab/pgbouncer/pgbouncer.ini",
                   fmt::format("[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n", port_));
        tree_.file("/var/opt/gitlab/pgbouncer/pg_auth", "\"pgbouncer\" \"CANARY-console\"\n");
    }
    ~PgbouncerProbe() override {
        program_->signal(SIGINT);
        program_->wait();
    }

    PostgresServer server_;
    TemporaryFolder folder_;
    std::uint32_t port_;
    std::unique_ptr<Program> program_;
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
            port_));
    const auto found = tree_.look(postgres, Machine::live);
    ASSERT_TRUE(found.at(0).reach().reached()) << found[0].reach().detail();
    EXPECT_TRUE(found.at(1).postgres_instance().through_pgbouncer());
    EXPECT_THAT(found.at(1).postgres_instance().version(), ::testing::StartsWith("15."));
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
