// Predicates on the servers in use.
#include "readiness/servers.h"

#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view socket_path = "/var/opt/gitlab/postgresql/.s.PGSQL.5432";

std::string postgres(std::string_view fields, std::string_view address = socket_path) {
    return "findings { probe: 'postgres' source: 'postgres' postgres_instance { address: '" +
           std::string(address) + "' uses: 'rails main' database: 'gitlabhq_production' " +
           std::string(fields) + " } } ";
}

std::string reach(std::string_view kind, std::string_view address, bool reached) {
    return "findings { probe: 'x' source: 'x' reach { kind: '" + std::string(kind) + "' address: '" +
           std::string(address) + "' reached: " + (reached ? "true" : "false") + " } } ";
}

std::string redis(std::string_view fields) {
    return "findings { probe: 'redis' source: 'redis' redis_server { address: '10.20.0.31:6379' uses: 'rails "
           "cache' " +
           std::string(fields) + " } } ";
}

Fleet rails(const std::string& findings, std::string_view with_roles = "RAILS, POSTGRESQL") {
    return fleet_of({node("a", installed("18.11.9") + roles(with_roles) + ran({"postgres"}) + ran({"redis"}) +
                                   ran({"gitaly"}) + findings),
                     node_without_gitlab()});
}

constexpr auto below_16 = "server { component: POSTGRESQL versions { below: '16' } }";

// ---- server

TEST(Server, IsComparedByItsVersion) {
    EXPECT_EQ(truth(below_16, rails(postgres("version: '14.11'"))), Truth::holds);
    const auto newer = decided(below_16, rails(postgres("version: '16.8'")));
    EXPECT_EQ(newer.truth, Truth::fails);
    EXPECT_THAT(evidence_of(newer), HasSubstr("PostgreSQL 16.8 at"));
    EXPECT_EQ(truth(below_16, rails(postgres("version: ''"))), Truth::unknown);
    EXPECT_EQ(truth(below_16, rails(postgres("version: 'devel'"))), Truth::unknown);
}

TEST(Server, OfAnyVersionIsAskedForWithoutOne) {
    constexpr auto any = "server { component: POSTGRESQL }";
    EXPECT_EQ(truth(any, rails(postgres("version: ''"))), Truth::holds);
    EXPECT_EQ(truth(any, rails("")), Truth::unknown);
    EXPECT_EQ(truth("server { component: POSTGRESQL whose: EXTERNAL }", rails(postgres("version: '16.8'"))),
              Truth::fails);
}

TEST(Server, IsUnknownWhereOneWasNotHeard) {
    EXPECT_EQ(truth(below_16, rails("")), Truth::unknown) << "no GitLab goes without one";
    EXPECT_EQ(truth(below_16, rails(gap("postgres", "cause: REFUSED"))), Truth::unknown);
    const auto lost =
        decided(below_16, rails(postgres("version: '17.5'") + reach("postgresql", "db:5432", false)));
    EXPECT_EQ(lost.truth, Truth::unknown);
    EXPECT_EQ(evidence_of(lost), "PostgreSQL at db:5432 was not reached\n");
    EXPECT_EQ(truth(below_16, rails(postgres("version: '17.5'") + reach("postgresql", "db:5432", true))),
              Truth::unknown)
        << "it answered, and did not say what it is";
    EXPECT_EQ(truth(below_16, rails(postgres("version: '17.5'") + reach("postgresql", socket_path, true))),
              Truth::fails);
    EXPECT_EQ(truth(below_16, rails(postgres("version: '14.5'") + reach("postgresql", "db:5432", false))),
              Truth::holds)
        << "one is enough";
}

TEST(Server, CountsForAPurposeByTheLastWordOfItsUses) {
    const auto praefect =
        "findings { probe: 'postgres' postgres_instance { address: 'p:5432' uses: 'praefect praefect' "
        "version: '12.1' } }";
    const auto fleet = rails(postgres("version: '17.5'") + praefect);
    EXPECT_EQ(truth("server { component: POSTGRESQL versions { below: '16' } purposes: 'praefect' }", fleet),
              Truth::holds);
    EXPECT_EQ(truth("server { component: POSTGRESQL versions { below: '16' } purposes: 'main' }", fleet),
              Truth::fails);
}

constexpr auto bundled = "server { component: POSTGRESQL versions { below: '99' } whose: BUNDLED }";
constexpr auto external = "server { component: POSTGRESQL versions { below: '99' } whose: EXTERNAL }";

TEST(Server, IsThePackagesOwnWhereItsNodeRunsOne) {
    const auto own = rails(postgres("version: '16.8'"));
    EXPECT_EQ(truth(bundled, own), Truth::holds);
    EXPECT_EQ(truth(external, own), Truth::fails);
    const auto proxied = rails(postgres("version: '16.8'", "127.0.0.1:5432"), "RAILS");
    EXPECT_EQ(truth(bundled, proxied), Truth::fails) << "a proxy to a server elsewhere";
    EXPECT_EQ(truth(external, proxied), Truth::holds);
    EXPECT_EQ(truth(external, rails(postgres("version: '16.8'", "db.example.test:5432"))), Truth::holds);
}

TEST(Server, IsThePackagesOwnWhereItsClusterIs) {
    auto fleet =
        rails(postgres("version: '16.8' system_identifier: '77'", "127.0.0.1:6432"), "RAILS, PGBOUNCER");
    fleet.nodes.push_back(node("db", installed("18.11.9") + roles("PATRONI") + ran({"postgres"}) +
                                         "findings { probe: 'postgres' postgres_instance { address: '" +
                                         std::string(socket_path) +
                                         "' uses: 'own server' version: '16.8' system_identifier: '77' } }"));
    EXPECT_EQ(truth(external, fleet), Truth::fails);
    EXPECT_EQ(truth(bundled, fleet), Truth::holds);
}

TEST(Server, OfADataDirectoryHasOnlyItsMajor) {
    const auto blind = [](std::string_view major) {
        return fleet_of({node("a", roles("POSTGRESQL") +
                                       "findings { probe: 'endpoints' postgres_server { purpose: 'main' "
                                       "data_directory: '/var/opt/gitlab/postgresql/data' major: '" +
                                       std::string(major) + "' } }")});
    };
    EXPECT_EQ(truth(below_16, blind("14")), Truth::holds);
    EXPECT_EQ(truth(below_16, blind("16")), Truth::unknown) << "the server itself was not asked";
    EXPECT_EQ(truth("server { component: POSTGRESQL versions { below: '16.5' } }", blind("16")),
              Truth::unknown);
    EXPECT_EQ(truth("server { component: POSTGRESQL versions { below: '16.5' } }", blind("15")),
              Truth::holds);
    EXPECT_EQ(truth(below_16, blind("x")), Truth::unknown);
}

TEST(Server, OfRedisAndOfValkeyAreTwo) {
    constexpr auto below_7 = "server { component: REDIS versions { below: '7' } }";
    constexpr auto valkey = "server { component: VALKEY versions { below: '8' } }";
    EXPECT_EQ(truth(below_7, rails(redis("flavour: REDIS version: '6.2.14'"))), Truth::holds);
    EXPECT_EQ(truth(valkey, rails(redis("flavour: REDIS version: '6.2.14'"))), Truth::fails);
    EXPECT_EQ(truth(below_7, rails(redis("flavour: VALKEY version: '7.2.5'"))), Truth::fails);
    EXPECT_EQ(truth(valkey, rails(redis("flavour: VALKEY version: '7.2.5'"))), Truth::holds);
    const auto odd = redis("version: '7.2.5'") + reach("redis", "10.20.0.31:6379", true);
    EXPECT_EQ(truth(below_7, rails(odd)), Truth::unknown);
    EXPECT_EQ(truth(valkey, rails(odd)), Truth::unknown);
    EXPECT_EQ(truth(below_7, rails("")), Truth::unknown);
}

TEST(Server, OfGitalyTellsItsGitToo) {
    const auto fleet = rails(
        "findings { probe: 'gitaly' gitaly_status { address: 'unix:/g' uses: 'rails default' server_version: "
        "'18.11.9'"
        " git_version: '2.47.1' } } findings { probe: 'gitaly' gitaly_status { address: 'p:2305' praefect: "
        "true } }");
    EXPECT_EQ(truth("server { component: GITALY versions { below: '18.11.9' } }", fleet), Truth::fails);
    EXPECT_EQ(truth("server { component: GIT versions { below: '2.48' } }", fleet), Truth::holds);
}

TEST(Server, OfAServiceThatNoNodeHasIsNotUsed) {
    EXPECT_EQ(truth("server { component: CONSUL versions { below: '99' } }", rails("")), Truth::fails);
    const auto asked = [](std::string_view component, const std::string& findings, std::string_view role) {
        return truth("server { component: " + std::string(component) + " versions { below: '2' } }",
                     fleet_of({node("a", roles(role) + findings)}));
    };
    EXPECT_EQ(asked("CONSUL", "", "CONSUL"), Truth::unknown);
    EXPECT_EQ(
        asked("CONSUL", ran({"consul"}) + "findings { consul_cluster { version: '1.18.2' } }", "CONSUL"),
        Truth::holds);
    EXPECT_EQ(
        asked("PATRONI", ran({"patroni"}) + "findings { patroni_cluster { version: '3.0.1' } }", "PATRONI"),
        Truth::fails);
    EXPECT_EQ(asked("PGBOUNCER", ran({"pgbouncer"}) + "findings { pgbouncer_status { version: '1.24' } }",
                    "PGBOUNCER"),
              Truth::holds);
}

// ---- what PostgreSQL says of itself

TEST(PostgresSets, HoldsWhereAServerHasOneOfTheValues) {
    constexpr auto minimal = "postgres_sets { name: 'wal_level' values: ['minimal', 'none'] }";
    EXPECT_EQ(truth(minimal, rails(postgres("settings { key: 'wal_level' value: 'minimal' }"))),
              Truth::holds);
    EXPECT_EQ(truth(minimal, rails(postgres("settings { key: 'wal_level' value: 'replica' }"))),
              Truth::fails);
    EXPECT_EQ(truth(minimal, rails(postgres(""))), Truth::unknown) << "it was not told";
    EXPECT_EQ(truth(minimal, rails("")), Truth::unknown);
}

TEST(LacksExtension, IsAskedOfTheMainDatabase) {
    constexpr auto amcheck = "lacks_extension { name: 'amcheck' }";
    EXPECT_EQ(truth(amcheck, rails(postgres("extensions { name: 'amcheck' default_version: '1.3' }"))),
              Truth::holds);
    EXPECT_EQ(truth(amcheck, rails(postgres(""))), Truth::holds);
    EXPECT_EQ(truth(amcheck, rails(postgres("extensions { name: 'amcheck' version: '1.3' }"))), Truth::fails);
    EXPECT_EQ(truth(amcheck, rails(postgres("denied: 'extensions'"))), Truth::unknown);
    const std::string own =
        "findings { probe: 'postgres' postgres_instance { address: '/x' uses: 'own server' } }";
    EXPECT_EQ(truth(amcheck, rails(own)), Truth::unknown) << "whose database that is was not said";
}

TEST(PendingRestart, NamesTheSettings) {
    const auto waiting = decided("pending_restart {}", rails(postgres("pending_restart: 'max_connections'")));
    EXPECT_EQ(waiting.truth, Truth::holds);
    EXPECT_EQ(evidence_of(waiting), "max_connections waits for a restart\n");
    EXPECT_EQ(truth("pending_restart {}", rails(postgres(""))), Truth::fails);
    EXPECT_EQ(truth("pending_restart {}", rails(postgres("") + gap("postgres", "cause: TIMED_OUT"))),
              Truth::unknown);
}

TEST(ThroughPgbouncer, IsAskedOfRails) {
    constexpr auto through = "through_pgbouncer {}";
    EXPECT_EQ(truth(through, rails(postgres("through_pgbouncer: true"))), Truth::holds);
    EXPECT_EQ(truth(through, rails(postgres(""))), Truth::fails);
    EXPECT_EQ(truth(through, rails("findings { probe: 'postgres' postgres_instance { address: 'p:6432'"
                                   " uses: 'praefect praefect' through_pgbouncer: true } }")),
              Truth::unknown);
}

TEST(UnavailableRepositories, AreCountedByPraefect) {
    const auto praefect = [](std::string_view fields, const std::string& more = ran({"postgres"})) {
        return fleet_of(
            {node("p", roles("PRAEFECT") + more + "findings { probe: 'postgres' praefect_state { " +
                           std::string(fields) + " } }")});
    };
    constexpr auto unavailable = "unavailable_repositories {}";
    EXPECT_EQ(truth(unavailable, praefect("unavailable: 3")), Truth::holds);
    EXPECT_EQ(truth(unavailable, praefect("repositories: 9")), Truth::fails);
    EXPECT_EQ(truth(unavailable, praefect("denied: 'unavailable'")), Truth::unknown);
    EXPECT_EQ(truth(unavailable, praefect("repositories: 9", timed_out("postgres"))), Truth::unknown);
    EXPECT_EQ(truth(unavailable, fleet_of({node("p", roles("PRAEFECT"))})), Truth::unknown);
    EXPECT_EQ(truth(unavailable, rails("")), Truth::fails) << "there is no Praefect";
}

}  // namespace
}  // namespace preflight::readiness
