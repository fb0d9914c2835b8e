#include "readiness/checks/postgresql_health.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

std::string reached(std::string_view address) {
    return "findings { probe: 'postgres' reach { kind: 'postgresql' reached: true address: '" +
           std::string(address) + "' } } ";
}

std::string server(std::string_view more, std::string_view address = "10.20.0.31:5432") {
    return reached(address) + "findings { probe: 'postgres' source: '" + std::string(address) +
           "' postgres_instance { address: '" + std::string(address) + "' database: 'gitlabhq_production' " +
           with_others(more, {{"version", "'17.5'"},
                              {"version_number", "170005"},
                              {"role", "PRIMARY"},
                              {"collation", "'en_US.UTF-8'"},
                              {"system_identifier", "'7301'"}}) +
           " } } ";
}

FleetNode database(std::string_view more) {
    return node("db1", roles("POSTGRESQL") + ran({"postgres"}) + server(more));
}

std::vector<v1::Verdict> health(std::string_view more) {
    return judged(postgresql_health, fleet_of({database(more)}));
}

TEST(PostgresqlHealth, IsReadyWhereNothingIsWrong) {
    const auto whole =
        "databases { name: 'gitlabhq_production' transaction_age: 200000000 } "
        "slots { name: 'db2' active: true wal_status: 'reserved' retained_bytes: 4096 } "
        "replicas { name: 'db2' state: 'streaming' } replicas { name: 'pg_basebackup' state: 'backup' } "
        "drifted { name: 'default' actual: '2.36' }";
    EXPECT_THAT(health(whole), ElementsAre(says(v1::READY, "healthy")));
    expect_no_loss_is_green(postgresql_health, fleet_of({database(whole)}), states);
}

TEST(PostgresqlHealth, BlocksDriftedCollationsAndNamesThem) {
    const auto verdicts = health("drifted { name: 'database gitlab' stored: '2.31' actual: '2.36' }");
    EXPECT_THAT(verdicts, ElementsAre(AllOf(says(v1::BLOCKER, "collation"), on(Names{"db1"}))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "10.20.0.31:5432: database gitlab was 2.31, is 2.36");
}

TEST(PostgresqlHealth, WarnsOfADatabaseThatIsNotInUtf8) {
    const auto verdicts = health("encoding: 'SQL_ASCII'");
    ASSERT_THAT(verdicts, ElementsAre(says(v1::WARNING, "encoding")));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "10.20.0.31:5432: gitlabhq_production: SQL_ASCII");
    EXPECT_THAT(health("encoding: 'UTF8'"), ElementsAre(says(v1::READY, "healthy")));
}

TEST(PostgresqlHealth, NotesSlotsOfReplicasThatKeepWalWithoutLimit) {
    const auto with_limit = [](std::string_view limit, std::string_view type) {
        return health("settings { key: 'max_slot_wal_keep_size' value: '" + std::string(limit) +
                      "' } slots { name: 'db2' active: true wal_status: 'reserved' type: '" +
                      std::string(type) + "' } ");
    };
    const auto verdicts = with_limit("-1", "physical");
    ASSERT_THAT(verdicts, ElementsAre(says(v1::NOTE, "slot_unlimited")));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "10.20.0.31:5432: slots of replicas: db2");
    EXPECT_THAT(with_limit("65536", "physical"), ElementsAre(says(v1::READY, "healthy")));
    EXPECT_THAT(with_limit("-1", "logical"), ElementsAre(says(v1::READY, "healthy")));
    EXPECT_THAT(health("settings { key: 'max_slot_wal_keep_size' value: '-1' }"),
                ElementsAre(says(v1::READY, "healthy")));
}

TEST(PostgresqlHealth, NotesWhereNoVersionOfACollationIsKept) {
    EXPECT_THAT(health("version_number: 140018"), ElementsAre(says(v1::NOTE, "collation_unrecorded")));
    EXPECT_THAT(health("version_number: 140018 collation: 'C'"), ElementsAre(says(v1::READY, "healthy")));
    EXPECT_THAT(health("drifted { name: 'database gitlab' actual: '2.36' }"),
                ElementsAre(says(v1::NOTE, "collation_unrecorded")));
}

TEST(PostgresqlHealth, TellsHowNearAWraparoundIs) {
    const auto of_age = [](std::string_view age) {
        return health("databases { name: 'gitlab' transaction_age: " + std::string(age) + " }");
    };
    EXPECT_THAT(of_age("999999999"), ElementsAre(says(v1::READY, "healthy")));
    EXPECT_THAT(of_age("1000000000"), ElementsAre(says(v1::WARNING, "wraparound_near")));
    EXPECT_THAT(of_age("1800000000"), ElementsAre(says(v1::BLOCKER, "wraparound")));
    EXPECT_THAT(of_age("18446744073709551615"), ElementsAre(says(v1::BLOCKER, "wraparound")));
}

TEST(PostgresqlHealth, WarnsOfSlotsThatNobodyUses) {
    const auto idle = health("slots { name: 'geo_old' wal_status: 'extended' retained_bytes: 3221225472 }");
    EXPECT_THAT(idle, ElementsAre(says(v1::WARNING, "slot_inactive")));
    EXPECT_EQ(idle[0].evidence(0).what(), "10.20.0.31:5432: geo_old (3.0 GiB)");
    EXPECT_THAT(health("slots { name: 'geo' active: true wal_status: 'lost' }"),
                ElementsAre(says(v1::WARNING, "slot_lost")));
}

TEST(PostgresqlHealth, WarnsOfWhatWouldHoldUpMigrations) {
    EXPECT_THAT(health("prepared_transactions: 2"), ElementsAre(says(v1::WARNING, "prepared")));
    EXPECT_THAT(health("invalid_indexes: 'public.index_a_ccnew'"),
                ElementsAre(says(v1::WARNING, "invalid_indexes")));
    EXPECT_THAT(health("long_transactions: 1 oldest_transaction_seconds: 7200"),
                ElementsAre(says(v1::WARNING, "long_transactions")));
    EXPECT_THAT(health("pending_restart: 'max_connections'"),
                ElementsAre(says(v1::WARNING, "pending_restart")));
}

TEST(PostgresqlHealth, WarnsOfReplicasThatAreDownOrBehind) {
    EXPECT_THAT(health("replicas { name: 'db2' state: 'catchup' }"),
                ElementsAre(says(v1::WARNING, "replica_down")));
    EXPECT_THAT(health("replicas { name: 'db2' state: 'streaming' replay_lag_bytes: 18446744073709551615 }"),
                ElementsAre(says(v1::WARNING, "replica_behind")));
    EXPECT_THAT(health("role: REPLICA"), ElementsAre(says(v1::WARNING, "replica_down")));
    EXPECT_THAT(health("role: REPLICA receiver_status: 'streaming' replay_lag_milliseconds: 61000"),
                ElementsAre(says(v1::WARNING, "replica_behind")));
    EXPECT_THAT(health("role: REPLICA receiver_status: 'streaming'"),
                ElementsAre(says(v1::READY, "healthy")));
}

TEST(PostgresqlHealth, IsUnknownWherePartsAreHidden) {
    const auto hidden = health("denied: 'transactions' denied: 'replicas'");
    EXPECT_THAT(hidden, ElementsAre(says(v1::UNKNOWN, "denied")));
    EXPECT_EQ(hidden[0].evidence(0).what(),
              "10.20.0.31:5432: not told, or not to the end: transactions, replicas");
    EXPECT_THAT(health("denied: 'tablespaces'"), ElementsAre(says(v1::READY, "healthy")));
}

// Rails' own login sees less than that of the database's node.
TEST(PostgresqlHealth, TakesAPartFromWhoeverSawItOfTheSameServer) {
    const auto web = node("web1", roles("RAILS") + ran({"postgres"}) + server("denied: 'transactions'"));
    const auto own = node("db1", roles("POSTGRESQL") + ran({"postgres"}) + server("", "/run/pg:5432"));
    EXPECT_TRUE(is_green(judged(postgresql_health, fleet_of({own, web}))));
    EXPECT_THAT(judged(postgresql_health, fleet_of({web})), ElementsAre(says(v1::UNKNOWN, "denied")));
    auto other = own;
    for (auto& finding : *other.inspection.mutable_findings()) {
        if (finding.has_postgres_instance()) finding.mutable_postgres_instance()->set_system_identifier("99");
    }
    EXPECT_THAT(judged(postgresql_health, fleet_of({other, web})), Contains(says(v1::UNKNOWN, "denied")));
}

TEST(PostgresqlHealth, IsUnknownOfServersThatWereNotHeard) {
    const auto silent =
        "findings { probe: 'postgres' reach { kind: 'postgresql' address: '10.20.0.32:5432' "
        "detail: 'refused' } } ";
    EXPECT_THAT(judged(postgresql_health,
                       fleet_of({node("web1", roles("RAILS") + ran({"postgres"}) + server("") + silent)})),
                UnorderedElementsAre(says(v1::UNKNOWN, "unseen"), says(v1::READY, "healthy")));
    EXPECT_THAT(judged(postgresql_health, fleet_of({node("web1", roles("RAILS"))})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(postgresql_health, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(postgresql_health, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(PostgresqlHealth, ShowsWhatManyNodesTellOfOneServerOnce) {
    const auto told = ran({"postgres"}) + server("prepared_transactions: 1");
    const auto verdicts = judged(postgresql_health, fleet_of({node("a", told), node("b", told)}));
    ASSERT_THAT(verdicts, ElementsAre(says(v1::WARNING, "prepared")));
    EXPECT_THAT(verdicts[0], on(Names{"a"}));
}

TEST(PostgresqlHealth, DoesNotApplyWhereNobodyUsesIt) {
    EXPECT_THAT(judged(postgresql_health, fleet_of({node("gitaly1", roles("GITALY") + ran({"postgres"}))})),
                ElementsAre(says(v1::NOT_APPLICABLE, "unused")));
}

TEST(PostgresqlHealth, BearsHostileValues) {
    EXPECT_FALSE(
        is_green(health("version: '' drifted { stored: 'x' } databases { } slots { } "
                        "replicas { } denied: '' settings { key: '' value: '' }")));
}

}  // namespace
}  // namespace preflight::readiness
