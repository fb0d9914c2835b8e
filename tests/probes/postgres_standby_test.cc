// A primary and a replica that follows it, each asked through the postgres probe.
#include "tests/probes/postgres_look.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PostgresStandby : public PostgresProbe {
  protected:
    v1::PostgresInstance ask(const PostgresServer& server) {
        configure(tree_, by_socket(server));
        return instance_of(look());
    }

    // Writes on the primary, and waits until the replica has it; it need not have replayed it.
    void write() {
        primary_.run("SELECT pg_logical_emit_message(true, 'preflight', repeat('x', 100000))");
        primary_.wait_until(
            "SELECT bool_and(flush_lsn >= pg_current_wal_flush_lsn()) FROM pg_stat_replication");
    }

    PostgresServer primary_;
    PostgresServer standby_{{.primary = &primary_}};
};

TEST_F(PostgresStandby, IsShownByItsPrimaryWithStateAndSlot) {
    write();
    primary_.wait_until("SELECT bool_and(replay_lsn = pg_current_wal_lsn()) FROM pg_stat_replication");
    const auto primary = ask(primary_);
    EXPECT_EQ(primary.role(), v1::PostgresInstance::PRIMARY);
    ASSERT_THAT(primary.replicas(), SizeIs(1));
    EXPECT_EQ(primary.replicas(0).name(), "walreceiver");
    EXPECT_EQ(primary.replicas(0).state(), "streaming");
    EXPECT_EQ(primary.replicas(0).sync_state(), "async");
    EXPECT_LT(primary.replicas(0).replay_lag_bytes(), 10000U) << "the primary may write a little by itself";
    ASSERT_THAT(primary.slots(), SizeIs(1));
    EXPECT_EQ(primary.slots(0).name(), "replica");
    EXPECT_TRUE(primary.slots(0).active());
    EXPECT_EQ(primary.slots(0).wal_status(), "reserved");
    EXPECT_THAT(primary.denied(), IsEmpty());
}

TEST_F(PostgresStandby, SaysThatItFollows) {
    write();
    standby_.wait_until("SELECT pg_last_wal_replay_lsn() = pg_last_wal_receive_lsn()");
    const auto standby = ask(standby_);
    EXPECT_EQ(standby.role(), v1::PostgresInstance::REPLICA);
    EXPECT_EQ(standby.receiver_status(), "streaming");
    EXPECT_EQ(standby.replay_lag_milliseconds(), 0U);
    EXPECT_EQ(standby.system_identifier(), ask(primary_).system_identifier());
    EXPECT_THAT(standby.denied(), IsEmpty());
    EXPECT_THAT(standby.databases(), Contains(::testing::Property(&v1::PostgresInstance::Database::size_bytes,
                                                                  ::testing::Gt(0U))));
}

TEST_F(PostgresStandby, LagsMoreAndMoreWhileItsReplayIsPaused) {
    write();
    standby_.wait_until("SELECT pg_last_wal_replay_lsn() = pg_last_wal_receive_lsn()");
    standby_.run("SELECT pg_wal_replay_pause()");
    standby_.wait_until("SELECT pg_get_wal_replay_pause_state() = 'paused'");
    write();
    const auto first = ask(standby_);
    EXPECT_EQ(first.receiver_status(), "streaming");
    EXPECT_GT(first.replay_lag_milliseconds(), 0U);
    EXPECT_GT(ask(standby_).replay_lag_milliseconds(), first.replay_lag_milliseconds());
    const auto primary = ask(primary_);
    ASSERT_THAT(primary.replicas(), SizeIs(1));
    EXPECT_GE(primary.replicas(0).replay_lag_bytes(), 100000U);
}

TEST_F(PostgresStandby, HasNoReceiverWithoutItsPrimary) {
    write();
    primary_.stop();
    standby_.wait_until("SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver)");
    const auto standby = ask(standby_);
    EXPECT_EQ(standby.role(), v1::PostgresInstance::REPLICA);
    EXPECT_EQ(standby.receiver_status(), "");
    EXPECT_GT(standby.replay_lag_milliseconds(), 0U) << "though all that came was replayed";
    EXPECT_GT(ask(standby_).replay_lag_milliseconds(), standby.replay_lag_milliseconds());
    EXPECT_THAT(standby.denied(), IsEmpty());
}

TEST_F(PostgresStandby, DoesNotKnowItsLagWhereItNeverHeardOfItsPrimary) {
    standby_.stop();
    primary_.stop();
    standby_.start();
    const auto standby = ask(standby_);
    EXPECT_EQ(standby.receiver_status(), "");
    EXPECT_THAT(standby.denied(), ElementsAre("replay"));
}

TEST_F(PostgresStandby, ShowsItsOwnReplicas) {
    write();
    const PostgresServer cascaded({.primary = &standby_, .slot = "cascaded"});
    standby_.wait_until("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming')");
    cascaded.run("SELECT pg_wal_replay_pause()");
    cascaded.wait_until("SELECT pg_get_wal_replay_pause_state() = 'paused'");
    write();
    standby_.wait_until("SELECT bool_and(flush_lsn >= pg_last_wal_receive_lsn()) FROM pg_stat_replication");
    const auto standby = ask(standby_);
    ASSERT_THAT(standby.replicas(), SizeIs(1));
    EXPECT_GE(standby.replicas(0).replay_lag_bytes(), 100000U);
    ASSERT_THAT(standby.slots(), SizeIs(1));
    EXPECT_TRUE(standby.slots(0).active());
    EXPECT_EQ(ask(cascaded).role(), v1::PostgresInstance::REPLICA);
}

TEST_F(PostgresStandby, SaysWhatAnOrdinaryLoginMayNotSee) {
    primary_.run(role);
    write();
    standby_.wait_until("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gitlab')");
    configure(tree_, by_network(standby_.port()));
    EXPECT_THAT(instance_of(look()).denied(), ElementsAre("transactions", "replicas", "replay"));
}

// A secondary of Geo: its copy of the main database is asked like any other.
TEST_F(PostgresStandby, AnswersForItsTables) {
    primary_.run(
        "CREATE TABLE geo_nodes (id int, name text, url text); INSERT INTO geo_nodes VALUES (1, 'London', "
        "'')");
    write();
    standby_.wait_until("SELECT pg_last_wal_replay_lsn() = pg_last_wal_receive_lsn()");
    configure(tree_, by_socket(standby_));
    EXPECT_THAT(look(), Contains(::testing::Property(&v1::Finding::geo_site,
                                                     ::testing::Property(&v1::GeoSite::name, "London"))));
}

}  // namespace
}  // namespace preflight::probes
