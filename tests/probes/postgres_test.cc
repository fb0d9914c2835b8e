#include "probes/postgres.h"

#include "tests/probes/fault_server.h"
#include "tests/probes/postgres_look.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(PostgresProbe, FindsNothingWhereNothingUsesIt) { EXPECT_THAT(look(), IsEmpty()); }

TEST_F(PostgresProbe, SaysThatATreeHasNoServers) {
    configure(tree_, {"host: db1"});
    EXPECT_THAT(tree_.look(postgres), ElementsAre(gap(v1::Gap::NOT_LIVE)));
}

TEST_F(PostgresProbe, AsksTheBundledServerByItsSocketAsWhoItIs) {
    const PostgresServer server;
    configure(tree_, by_socket(server));
    const auto found = look();
    const auto& reach = reach_of(found);
    EXPECT_TRUE(reach.reached()) << reach.detail();
    EXPECT_THAT(reach.uses(), ElementsAre("rails main"));
    EXPECT_FALSE(reach.tls());
    EXPECT_GT(reach.round_trip_microseconds(), 0U);
    const auto& instance = instance_of(found);
    EXPECT_THAT(instance.version(), ::testing::StartsWith("15."));
    EXPECT_EQ(instance.version_number() / 10000, 15U);
    EXPECT_EQ(instance.role(), v1::PostgresInstance::PRIMARY);
    EXPECT_EQ(instance.encoding(), "UTF8");
    EXPECT_EQ(instance.database(), "gitlabhq_production");
    EXPECT_NE(instance.system_identifier(), "");
    EXPECT_EQ(instance.settings().at("max_connections"), "100");
    EXPECT_THAT(instance.denied(), IsEmpty());
    EXPECT_THAT(instance.drifted(), IsEmpty());
    EXPECT_FALSE(instance.through_pgbouncer());
    EXPECT_THAT(instance.databases(),
                Contains(::testing::Property(&v1::PostgresInstance::Database::name, "gitlabhq_production")));
    EXPECT_THAT(instance.extensions(),
                Contains(::testing::Property(&v1::PostgresInstance::Extension::name, "plpgsql")));
}

TEST_F(PostgresProbe, KnowsHowLargeTheLargestIndexIs) {
    PostgresServer server;
    server.run(role);
    configure(tree_, by_network(server.port()));
    const auto before = instance_of(look()).largest_index_bytes();
    EXPECT_GT(before, 0U) << "a catalog's";
    server.run("CREATE TABLE large (id bigint); INSERT INTO large SELECT generate_series(1, 100000)");
    server.run("CREATE INDEX large_index ON large (id)");
    const auto after = instance_of(look()).largest_index_bytes();
    EXPECT_GT(after, 2'000'000U) << "20 bytes a row, and more";
    EXPECT_LT(after, 4'000'000U);
}

TEST_F(PostgresProbe, LogsInOverTlsAndShowsTheCertificate) {
    PostgresServer server({.tls = true});
    server.run(role);
    tree_.file("/etc/gitlab/trusted-certs/authority.crt", server.authority());
    auto lines = by_network(server.port(), "sslmode: verify-full");
    lines[0] = "host: localhost";
    lines.emplace_back("sslrootcert: /etc/gitlab/trusted-certs/authority.crt");
    configure(tree_, lines);
    const auto found = look();
    const auto& reach = reach_of(found);
    ASSERT_TRUE(reach.reached()) << reach.detail();
    EXPECT_TRUE(reach.tls());
    EXPECT_EQ(reach.tls_version(), "TLSv1.3");
    EXPECT_EQ(reach.certificate().subject(), "CN=localhost");
    EXPECT_THAT(reach.certificate().names(), ElementsAre("localhost"));
    const auto days = (reach.certificate().not_after().seconds() - now().seconds()) / 86400;
    EXPECT_GE(days, 18);
    EXPECT_LE(days, 20);
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST_F(PostgresProbe, NamesTheLayerThatFails) {
    PostgresServer server({.tls = true});
    server.run(role);
    const auto fails = [&](const std::vector<std::string>& lines, v1::Reach::Layer layer,
                           const char* detail) {
        configure(tree_, lines);
        const auto found = look();
        const auto& reach = reach_of(found);
        EXPECT_FALSE(reach.reached());
        EXPECT_EQ(reach.failed_at(), layer)
            << v1::Reach::Layer_Name(reach.failed_at()) << ": " << reach.detail();
        EXPECT_THAT(reach.detail(), HasSubstr(detail));
        EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
        EXPECT_THAT(found, SizeIs(1));
    };
    const auto good = by_network(server.port());
    const auto with = [&](std::size_t line, const std::string& text) {
        auto lines = good;
        lines[line] = text;
        return lines;
    };
    fails(with(0, "host: no-such-host.invalid"), v1::Reach::NAME, "name");
    fails(with(1, fmt::format("port: {}", FaultServer::free_port())), v1::Reach::ROUTE, "refused");
    fails({"host: /nonexistent", "username: gitlab"}, v1::Reach::ROUTE, "no such socket");
    tree_.file("/ca.crt", PostgresServer({.tls = true}).authority());
    auto untrusted = with(4, "sslmode: verify-ca");
    untrusted.emplace_back("sslrootcert: /ca.crt");
    fails(untrusted, v1::Reach::TLS, "not of a trusted authority");
    tree_.file("/own.crt", server.authority());
    auto misnamed = with(4, "sslmode: verify-full");
    misnamed.emplace_back("sslrootcert: /own.crt");
    fails(misnamed, v1::Reach::TLS, "another name");
    fails(with(4, "sslmode: verify-full"), v1::Reach::TLS, "names no authority");
    fails(with(3, "password: CANARY-wrong"), v1::Reach::AUTHENTICATION, "the login is refused");
    fails(with(3, "pool: 1"), v1::Reach::AUTHENTICATION, "wants a password");
    auto elsewhere = good;
    elsewhere.emplace_back("database: no_such_database");
    fails(elsewhere, v1::Reach::DATABASE, "no such database");
}

TEST_F(PostgresProbe, SaysThatAServerDoesNotSpeakTls) {
    PostgresServer server;
    server.run(role);
    configure(tree_, by_network(server.port(), "sslmode: require"));
    EXPECT_EQ(reach_of(look()).failed_at(), v1::Reach::TLS);
}

TEST_F(PostgresProbe, BearsServersThatMisbehave) {
    for (const auto fault : {Fault::silence, Fault::drip, Fault::reset, Fault::nonsense, Fault::close}) {
        const FaultServer server(fault);
        configure(tree_, by_network(server.port()));
        const auto found = look();
        const auto& reach = reach_of(found);
        EXPECT_EQ(reach.failed_at(), v1::Reach::PROTOCOL) << reach.detail();
        EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    }
}

TEST_F(PostgresProbe, NamesWhatAnOrdinaryLoginMayNotSee) {
    PostgresServer server;
    server.run(role);
    configure(tree_, by_network(server.port()));
    const auto found = look();
    EXPECT_THAT(instance_of(found).denied(), ElementsAre("transactions", "replicas"));
    EXPECT_EQ(instance_of(found).encoding(), "UTF8");
    server.run("REVOKE CONNECT ON DATABASE template1 FROM PUBLIC");
    EXPECT_THAT(instance_of(look()).denied(), ElementsAre("databases", "transactions", "replicas"));
}

TEST_F(PostgresProbe, TellsAMissingTableFromOneThatMayNotBeRead) {
    PostgresServer server;
    server.run(role);
    configure(tree_, by_network(server.port()));
    EXPECT_THAT(look(), Contains(gap(v1::Gap::ABSENT)));
    server.run(
        "CREATE TABLE batched_background_migrations (id bigint, job_class_name text, status smallint)");
    EXPECT_THAT(look(), Contains(gap(v1::Gap::DENIED)));
}

TEST_F(PostgresProbe, FindsPreparedTransactionsAndInvalidIndexes) {
    PostgresServer server({.settings = {"max_prepared_transactions = 5"}});
    server.run("CREATE TABLE things (id int); INSERT INTO things VALUES (1)");
    server.run(
        "CREATE INDEX broken ON things (id);"
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass");
    server.run("BEGIN; INSERT INTO things VALUES (2); PREPARE TRANSACTION 'left over'");
    configure(tree_, by_socket(server));
    const auto found = look();
    const auto& instance = instance_of(found);
    EXPECT_EQ(instance.prepared_transactions(), 1U);
    EXPECT_THAT(instance.invalid_indexes(), ElementsAre("public.broken"));
}

TEST_F(PostgresProbe, FindsCollationsThatChangedUnderIndexes) {
    PostgresServer server;
    server.run(
        "CREATE COLLATION moved (provider = icu, locale = 'de');"
        "UPDATE pg_collation SET collversion = '1.2.3' WHERE collname = 'moved';"
        "CREATE TABLE names (name text COLLATE moved); CREATE INDEX ON names (name);"
        "CREATE COLLATION unused (provider = icu, locale = 'fr');"
        "UPDATE pg_collation SET collversion = '1.2.3' WHERE collname = 'unused'");
    configure(tree_, by_socket(server));
    const auto found = look();
    const auto& instance = instance_of(found);
    ASSERT_THAT(instance.drifted(), SizeIs(1));
    EXPECT_EQ(instance.drifted(0).name(), "moved");
    EXPECT_EQ(instance.drifted(0).stored(), "1.2.3");
    EXPECT_NE(instance.drifted(0).actual(), "1.2.3");
}

TEST_F(PostgresProbe, FindsSlotsThatHoldTheLog) {
    PostgresServer server({.settings = {"wal_level = logical"}});
    server.run("SELECT pg_create_physical_replication_slot('geo_secondary', true)");
    configure(tree_, by_socket(server));
    const auto found = look();
    ASSERT_THAT(instance_of(found).slots(), SizeIs(1));
    const auto& slot = instance_of(found).slots(0);
    EXPECT_EQ(slot.name(), "geo_secondary");
    EXPECT_EQ(slot.type(), "physical");
    EXPECT_FALSE(slot.active());
}

TEST_F(PostgresProbe, WritesNothingIntoTheServer) {
    PostgresServer server({.settings = {"log_statement = 'all'"}});
    configure(tree_, by_socket(server));
    look();
    const auto log = server.log();
    EXPECT_THAT(log, HasSubstr("SET TRANSACTION READ ONLY"));
    for (const auto* word : {"INSERT", "UPDATE ", "DELETE", "CREATE TABLE", "SET SESSION", "SET statement"}) {
        EXPECT_THAT(log.substr(log.find("SET TRANSACTION READ ONLY")), Not(HasSubstr(word)));
    }
}

}  // namespace
}  // namespace preflight::probes
