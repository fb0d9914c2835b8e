#include "probes/postgres_uses.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "probes/postgres_discovery.h"
#include "tests/probes/postgres_look.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string own_name() { return ::getpwuid(::geteuid())->pw_name; }

// "USER@ADDRESS/DATABASE: use, use", in the order in which they are asked; with " (why not)".
std::vector<std::string> uses_of(const NodeTree& tree) {
    Findings out("postgres", [](const v1::Finding&) {});
    std::vector<std::string> texts;
    for (const auto& use : find_postgres_uses(tree.node(Machine::live), out)) {
        texts.push_back(fmt::format("{}@{}/{}: {}{}", use.target.user, use.target.address(),
                                    use.target.database, fmt::join(use.uses, ", "),
                                    use.unasked.empty() ? "" : " (" + use.unasked + ")"));
    }
    return texts;
}

// As /opt/gitlab/etc holds it, with what else the package writes there.
std::string console(const std::string& directory, std::uint32_t port, std::string_view database) {
    return fmt::format(
        "psql_user='gitlab-psql'\npsql_group='gitlab-psql'\npsql_host='{}'\npsql_port='{}'\n"
        "psql_dbname='{}'\n",
        directory, port, database);
}

TEST(PostgresUses, OfANodeWithoutRailsAreItsOwnServersByThePackagesConsole) {
    NodeTree tree;
    tree.file("/opt/gitlab/etc/gitlab-psql-rc", console("/srv/pg", 5432, "gitlabhq_production"));
    tree.file("/opt/gitlab/etc/gitlab-geo-psql-rc", console("/srv/geo", 5431, "gitlabhq_geo_production"));
    EXPECT_THAT(uses_of(tree), IsEmpty()) << "the files stay where the servers are gone";
    tree.directory("/srv/pg").fifo("/srv/pg/.s.PGSQL.5432");
    tree.directory("/srv/geo").fifo("/srv/geo/.s.PGSQL.5431");
    EXPECT_THAT(
        uses_of(tree),
        ElementsAre(own_name() + "@/srv/pg/.s.PGSQL.5432/gitlabhq_production: own server",
                    own_name() + "@/srv/geo/.s.PGSQL.5431/gitlabhq_geo_production: own tracking server"));
    EXPECT_THAT(postgres_sockets(tree.node()),
                ElementsAre("/srv/pg/.s.PGSQL.5432", "/srv/geo/.s.PGSQL.5431"));
}

TEST(PostgresUses, AreOneForAServerThatRailsAndTheConsoleName) {
    NodeTree tree;
    configure(tree, {"host: /srv/pg", "username: gitlab"});
    tree.file("/opt/gitlab/etc/gitlab-psql-rc", console("/srv/pg", 5432, "gitlabhq_production"));
    tree.directory("/srv/pg").fifo("/srv/pg/.s.PGSQL.5432");
    EXPECT_THAT(uses_of(tree), ElementsAre(own_name() + "@/srv/pg/.s.PGSQL.5432/gitlabhq_production: "
                                                        "rails main, own server"));
}

TEST(PostgresUses, OfTheRegistryHaveItsOwnLogin) {
    NodeTree tree;
    tree.file("/var/opt/gitlab/registry/config.yml",
              "database: {enabled: true, host: db-3, port: 5433, dbname: registry, user: reg, password: "
              "CANARY, sslmode: require}\n");
    EXPECT_THAT(uses_of(tree), ElementsAre("reg@db-3:5433/registry: registry registry"));
}

TEST(PostgresUses, OfRailsAreItsReplicasAsWell) {
    NodeTree tree;
    configure(tree, {"host: db-1", "username: gitlab", "password: CANARY",
                     "load_balancing: {hosts: [db-1, db-2]}"});
    EXPECT_THAT(uses_of(tree),
                ElementsAre("gitlab@db-1:5432/gitlabhq_production: rails main replica, rails main",
                            "gitlab@db-2:5432/gitlabhq_production: rails main replica"));
}

TEST(PostgresUses, KeepTheNameServerThatTellsTheirReplicas) {
    NodeTree tree;
    Findings out("postgres", [](const v1::Finding&) {});
    const auto discovery_by = [&](const std::string& discover) {
        configure(tree, {"host: db-1", "username: gitlab", "load_balancing: {discover: {" + discover + "}}"});
        const auto uses = find_postgres_uses(tree.node(), out);
        return uses.empty() ? ReplicaDiscovery() : uses.front().discovery;
    };
    const auto plain = discovery_by("record: replica.db.example");
    EXPECT_EQ(plain.record, "replica.db.example");
    EXPECT_EQ(plain.nameserver, "localhost");
    EXPECT_EQ(plain.port, 8600U);
    EXPECT_FALSE(plain.services);
    const auto named =
        discovery_by("record: replica.db.example, record_type: SRV, nameserver: 10.8.0.9, port: 53");
    EXPECT_EQ(named.nameserver, "10.8.0.9");
    EXPECT_EQ(named.port, 53U);
    EXPECT_TRUE(named.services);
}

TEST(PostgresUses, BehindPgbouncerHaveTheLoginOfWhoUsesIt) {
    NodeTree tree;
    configure(tree, {"host: 127.0.0.1", "port: 6432", "username: gitlab", "password: CANARY"});
    tree.file("/var/opt/gitlab/pgbouncer/pgbouncer.ini",
              "[databases]\ngitlabhq_production = host=db-1 port=5432 auth_user=pgbouncer\n"
              "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = 6432\n");
    tree.file("/var/opt/gitlab/consul/databases.ini",
              "[databases]\npraefect_production = host=db-2 port=5432 auth_user=pgbouncer\n");
    EXPECT_THAT(uses_of(tree),
                ElementsAre("gitlab@127.0.0.1:6432/gitlabhq_production: rails main",
                            "gitlab@db-1:5432/gitlabhq_production: pgbouncer gitlabhq_production"));
    tree.file("/var/opt/gitlab/pgbouncer/pg_auth", "\"pgbouncer\" \"CANARY-plain\"\n");
    EXPECT_THAT(uses_of(tree),
                Contains("pgbouncer@db-2:5432/praefect_production: pgbouncer praefect_production"));
    tree.file("/var/opt/gitlab/pgbouncer/pg_auth", "\"pgbouncer\" \"md50123456789abcdef0123456789abcdef\"\n");
    EXPECT_THAT(uses_of(tree), Not(Contains(HasSubstr("@db-2")))) << "nobody can log in with a hash";
}

TEST(PostgresUses, BehindPgbouncerAreNoneByTheNameOfItsFallback) {
    NodeTree tree;
    tree.file("/var/opt/gitlab/pgbouncer/pg_auth", "\"pgbouncer\" \"CANARY-plain\"\n");
    tree.file("/var/opt/gitlab/pgbouncer/pgbouncer.ini",
              "[databases]\n* = host=db-1 port=5432 auth_user=pgbouncer\n"
              "gitlabhq_production = host=db-2 port=5432 auth_user=pgbouncer\n");
    EXPECT_THAT(uses_of(tree),
                ElementsAre("pgbouncer@db-2:5432/gitlabhq_production: pgbouncer gitlabhq_production"));
}

TEST(PostgresUses, BehindPgbouncerAreOnesThatTheSocketReachesAlready) {
    NodeTree tree;
    tree.file("/opt/gitlab/etc/gitlab-psql-rc", console("/srv/pg", 5432, "gitlabhq_production"));
    tree.directory("/srv/pg").fifo("/srv/pg/.s.PGSQL.5432");
    tree.file("/var/opt/gitlab/pgbouncer/pgbouncer.ini",
              "[databases]\ngitlabhq_production = host=127.0.0.1 port=5432 auth_user=pgbouncer\n");
    EXPECT_THAT(uses_of(tree), ElementsAre(own_name() + "@/srv/pg/.s.PGSQL.5432/gitlabhq_production: own "
                                                        "server, pgbouncer gitlabhq_production"));
}

TEST(PostgresUses, WithoutAHostAreThoseOfTheSocketsUsualPlace) {
    NodeTree tree;
    tree.file("/home/git/gitlab/config/gitlab.yml", "production: {}\n");
    tree.file("/home/git/gitlab/config/database.yml",
              "production:\n  main: {adapter: postgresql, database: gl, username: git}\n");
    EXPECT_THAT(postgres_sockets(tree.node()), ElementsAre("/var/run/postgresql/.s.PGSQL.5432"));
    tree.directory("/tmp").fifo("/tmp/.s.PGSQL.5432");
    EXPECT_THAT(postgres_sockets(tree.node()), ElementsAre("/tmp/.s.PGSQL.5432"));
}

// libpq would come as whoever runs the agent.
TEST_F(PostgresProbe, AsksNoServerForWhichNoUserIsConfigured) {
    const PostgresServer server({.settings = {"log_connections = on"}});
    configure(tree_, {"host: 127.0.0.1", fmt::format("port: {}", server.port()), "password: CANARY"});
    const auto found = look();
    EXPECT_THAT(found, ElementsAre(gap(v1::Gap::ABSENT)));
    EXPECT_THAT(found[0].gap().detail(), HasSubstr("no user is configured"));
    EXPECT_THAT(server.log(), Not(HasSubstr("host=127.0.0.1")));
}

TEST_F(PostgresProbe, SaysNothingAgainstAServerWhoseSocketRefusesTheAgent) {
    const PostgresServer server({.hba = "local gitlabhq_production all reject\n"});
    configure(tree_, by_socket(server));
    const auto found = look();
    EXPECT_THAT(found, ElementsAre(gap(v1::Gap::DENIED)));
    EXPECT_THAT(found[0].gap().detail(), HasSubstr("does not let in the account " + own_name()));
}

// PgBouncer may come there with another login, and with another TLS, than the one that is known here.
TEST_F(PostgresProbe, SaysNothingAgainstAServerBehindPgbouncerThatRefusesABorrowedLogin) {
    const PostgresServer server;
    tree_.file("/var/opt/gitlab/pgbouncer/pgbouncer.ini",
               fmt::format("[databases]\ngitlabhq_production = host=127.0.0.1 port={} auth_user=pgbouncer\n",
                           server.port()));
    tree_.file("/var/opt/gitlab/pgbouncer/pg_auth", "\"pgbouncer\" \"CANARY-none-of-it\"\n");
    const auto found = look();
    EXPECT_THAT(found, ElementsAre(gap(v1::Gap::DENIED, fmt::format("127.0.0.1:{}", server.port()))));
    EXPECT_THAT(found[0].gap().detail(), HasSubstr("PgBouncer leads to it"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST_F(PostgresProbe, AsksADatabaseOfTheRegistry) {
    const PostgresServer server;
    server.run("CREATE ROLE registry LOGIN PASSWORD 'CANARY-registry'");
    tree_.file("/var/opt/gitlab/registry/config.yml",
               fmt::format(
                   "database: {{enabled: true, host: 127.0.0.1, port: {}, dbname: gitlabhq_production, user: "
                   "registry, password: CANARY-registry, sslmode: disable}}\n",
                   server.port()));
    const auto found = look();
    EXPECT_TRUE(reach_of(found).reached()) << reach_of(found).detail();
    EXPECT_THAT(instance_of(found).uses(), ElementsAre("registry registry"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

// Each server waits for its answer as long as it may: those behind it are named.
TEST_F(PostgresProbe, NamesTheServersThatWereNotAskedInTime) {
    configure(tree_, {"host: db-1", "username: gitlab", "password: CANARY"});
    const auto over = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
    Asked asked;
    asked.until = over;
    const auto found = tree_.look(postgres, Machine::live, asked);
    EXPECT_THAT(found, ElementsAre(gap(v1::Gap::TIMED_OUT, "db-1:5432")));
}

}  // namespace
}  // namespace preflight::probes
