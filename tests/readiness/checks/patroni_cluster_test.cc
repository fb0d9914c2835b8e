#include "readiness/checks/patroni_cluster.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr std::string_view leader =
    "members { name: 'db1' role: 'leader' state: 'running' address: '10.20.0.31:5432' timeline: '3' } ";
constexpr std::string_view replica =
    "members { name: 'db2' role: 'replica' state: 'streaming' address: '10.20.0.32:5432' timeline: '3' lag: "
    "'0' } ";

std::string cluster(std::string_view members) {
    return roles("PATRONI, POSTGRESQL") + ran({"patroni"}) +
           "findings { probe: 'patroni' reach { kind: 'patroni' address: '127.0.0.1:8008' reached: true } } "
           "findings { probe: 'patroni' patroni_cluster { address: '127.0.0.1:8008' scope: 'postgresql-ha' " +
           std::string(members) + " } } ";
}

std::string both() { return std::string(leader) + std::string(replica); }

std::vector<v1::Verdict> of(const std::string& members) {
    return judged(patroni_cluster, fleet_of({node("db1", cluster(members))}));
}

TEST(PatroniCluster, IsReadyWhereAllRunBehindOneLeader) {
    const auto fleet = fleet_of({node("db1", cluster(both())), node("db2", cluster(both()))});
    EXPECT_THAT(judged(patroni_cluster, fleet), ElementsAre(says(v1::READY, "whole")));
    expect_no_loss_is_green(patroni_cluster, fleet, states);
}

TEST(PatroniCluster, BlocksWithoutExactlyOneLeader) {
    EXPECT_THAT(of(std::string(replica)), ElementsAre(says(v1::BLOCKER, "no_leader")));
    EXPECT_THAT(of(std::string(leader) +
                   "members { name: 'db3' role: 'leader' state: 'running' address: 'x:1' timeline: '3' }"),
                ElementsAre(says(v1::BLOCKER, "two_leaders")));
}

TEST(PatroniCluster, BlocksAMemberThatDoesNotRun) {
    EXPECT_THAT(of(both() + "members { name: 'db3' role: 'replica' state: 'start failed' lag: '0' }"),
                ElementsAre(says(v1::BLOCKER, "not_running")));
}

TEST(PatroniCluster, BlocksDifferentTimelines) {
    EXPECT_THAT(
        of(both() + "members { name: 'db3' role: 'replica' state: 'running' timeline: '2' lag: '0' }"),
        ElementsAre(says(v1::BLOCKER, "timelines")));
}

TEST(PatroniCluster, WarnsOfAMemberFarBehind) {
    const std::string one = "members { name: 'db3' role: 'replica' state: 'running' timeline: '3' lag: '";
    EXPECT_THAT(of(both() + one + "99999999999' }"), ElementsAre(says(v1::WARNING, "lag")));
    for (const auto* lag : {"unknown", "", "-1", "99999999999999999999999"})
        EXPECT_THAT(of(both() + one + lag + "' }"), ElementsAre(says(v1::UNKNOWN, "lag_unknown"))) << lag;
}

TEST(PatroniCluster, WarnsOfWhatIsNotAtRest) {
    EXPECT_THAT(of(both() + "paused: true"), ElementsAre(says(v1::WARNING, "paused")));
    EXPECT_THAT(of(both() + "scheduled_switchover: true"), ElementsAre(says(v1::WARNING, "switchover")));
    EXPECT_THAT(of(both() + "pending_restart: true"), ElementsAre(says(v1::WARNING, "pending_restart")));
    EXPECT_THAT(of(std::string(leader) +
                   "members { name: 'db2' state: 'running' lag: '0' timeline: '3' pending_restart: true }"),
                ElementsAre(says(v1::WARNING, "pending_restart")));
}

TEST(PatroniCluster, IsUnknownWhereMembersNameDifferentLeaders) {
    const auto other =
        "members { name: 'db1' role: 'replica' state: 'running' address: '10.20.0.31:5432' timeline: '3' "
        "lag: "
        "'0' } members { name: 'db2' role: 'leader' state: 'running' address: '10.20.0.32:5432' timeline: "
        "'3' "
        "}";
    EXPECT_THAT(
        judged(patroni_cluster, fleet_of({node("db1", cluster(both())), node("db2", cluster(other))})),
        Contains(says(v1::UNKNOWN, "views_differ")));
}

// Both sites of Geo may use the same scope.
TEST(PatroniCluster, KeepsClustersOfTwoSitesApart) {
    const auto standby =
        "members { name: 'geo1' role: 'standby_leader' state: 'running' address: '10.30.0.31:5432' timeline: "
        "'3' }";
    EXPECT_THAT(
        judged(patroni_cluster, fleet_of({node("db1", cluster(both())), node("geo1", cluster(standby))})),
        ElementsAre(says(v1::READY, "whole")));
}

TEST(PatroniCluster, IsUnknownWhereItDidNotAnswer) {
    EXPECT_THAT(of(""), Contains(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(patroni_cluster, fleet_of({node("db1", roles("PATRONI"))})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(patroni_cluster, fleet_of({silent_node("db1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(patroni_cluster, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(PatroniCluster, DoesNotApplyWhereNobodyRunsIt) {
    EXPECT_THAT(judged(patroni_cluster, fleet_of({node("web1", roles("RAILS"))})),
                ElementsAre(says(v1::NOT_APPLICABLE, "unused")));
}

}  // namespace
}  // namespace preflight::readiness
