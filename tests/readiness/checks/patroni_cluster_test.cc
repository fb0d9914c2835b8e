#include "readiness/checks/patroni_cluster.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

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

// The commands of a verdict, one a line.
std::string commands(const v1::Verdict& verdict) {
    std::string lines;
    for (const auto& command : verdict.commands()) {
        for (const auto& word : command.argv()) lines += word + " ";
        lines += "\n";
    }
    return lines;
}

constexpr std::string_view deletes_db2 = "gitlab-ctl patroni reinitialize-replica --member db2 \n";

// Both tell of db2, which is on the node of its address.
std::vector<v1::Verdict> of_broken(std::string_view told_of_db2, std::string_view name = "db2") {
    const auto members = std::string(leader) + "members { name: '" + std::string(name) +
                         "' address: '10.20.0.32:5432' lag: '0' " + std::string(told_of_db2) + " }";
    const auto host = "findings { probe: 'system' host { addresses: '10.20.0.32' } } ";
    return judged(patroni_cluster,
                  fleet_of({node("db1", cluster(members)), node("db2", host + cluster(members)),
                            node("db3", cluster(members))}));
}

TEST(PatroniCluster, BlocksAMemberThatDoesNotRunOnItsOwnNode) {
    const auto verdicts = of_broken("role: 'replica' state: 'start failed' timeline: '3'");
    ASSERT_THAT(verdicts, ElementsAre(says(v1::BLOCKER, "not_running")));
    EXPECT_THAT(verdicts[0], on(std::vector<std::string>{"db2"}));
    EXPECT_THAT(verdicts[0], mentions("the member db2 at 10.20.0.32:5432 of the Patroni cluster"));
    EXPECT_EQ(verdicts[0].evidence_size(), 3) << "all three tell it";
    EXPECT_THAT(commands(verdicts[0]), HasSubstr(deletes_db2));
}

TEST(PatroniCluster, BlocksAnOlderTimelineOnTheMembersOwnNode) {
    const auto verdicts = of_broken("role: 'replica' state: 'running' timeline: '2'");
    ASSERT_THAT(verdicts, ElementsAre(says(v1::BLOCKER, "timelines")));
    EXPECT_THAT(verdicts[0], on(std::vector<std::string>{"db2"}));
    EXPECT_THAT(commands(verdicts[0]), HasSubstr(deletes_db2));
}

TEST(PatroniCluster, NamesNoCommandThatDeletesWhereItIsNotClearWhoIsWrong) {
    const auto stopped = of_broken("role: 'leader' state: 'stopped' timeline: '3'");
    EXPECT_THAT(stopped, Contains(says(v1::BLOCKER, "leader_not_running")));
    const auto newer = of_broken("role: 'replica' state: 'running' timeline: '4'");
    EXPECT_THAT(newer, ElementsAre(says(v1::BLOCKER, "timelines_unclear")));
    const auto two = of_broken("role: 'leader' state: 'running' timeline: '2'");
    EXPECT_THAT(two, Contains(says(v1::BLOCKER, "timelines_unclear")));
    // Its name is no word for a command, or nobody reports from its node.
    const auto odd = of_broken("role: 'replica' state: 'stopped' timeline: '3'", "--force");
    const auto away =
        of(std::string(leader) + "members { name: 'db9' role: 'replica' state: 'stopped' lag: '0' }");
    EXPECT_THAT(away, ElementsAre(says(v1::BLOCKER, "not_running")));
    for (const auto& verdicts : {stopped, newer, two, odd, away}) {
        for (const auto& verdict : verdicts)
            EXPECT_THAT(commands(verdict), Not(HasSubstr("reinitialize-replica")))
                << verdict.ShortDebugString();
    }
}

// Of the knowledge's remedies, only those of one known member name the command that deletes data.
TEST(PatroniCluster, HasNoRemedyThatDeletesTheDataOfANodeUnnamed) {
    for (const auto& check : built_in_knowledge().checks()) {
        for (const auto& advice : check.advice()) {
            for (const auto& command : advice.commands()) {
                const auto& words = command.argv();
                if (std::ranges::find(words, "reinitialize-replica") == words.end()) continue;
                EXPECT_EQ(*words.rbegin(), "MEMBER") << check.id() << " " << advice.key();
                EXPECT_EQ(check.id(), patroni_cluster.id) << "which fills the word";
            }
        }
    }
}

// Both times are told by the clock of the member's node.
TEST(PatroniCluster, WarnsOfAMemberThatDoesNotReachConsul) {
    const auto seen = [](std::string_view last) {
        auto one = node("db1", cluster(both() + "name: 'db1' " + std::string(last)));
        for (auto& finding : *one.inspection.mutable_findings())
            *finding.mutable_taken_at() = time_of("2026-08-21T11:00:00Z");
        return judged(patroni_cluster, fleet_of({one}));
    };
    const auto verdicts = seen("dcs_last_seen_at {at 2026-08-21T10:50:00Z}");
    ASSERT_THAT(verdicts, ElementsAre(says(v1::WARNING, "store_unreached")));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "postgresql-ha: db1 for 10 min");
    EXPECT_THAT(seen("dcs_last_seen_at {at 2026-08-21T10:59:00Z}"), ElementsAre(says(v1::READY, "whole")));
    EXPECT_THAT(seen(""), ElementsAre(says(v1::READY, "whole"))) << "an old one does not tell it";
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
    const auto waiting = of_broken("role: 'replica' state: 'running' timeline: '3' pending_restart: true");
    ASSERT_THAT(waiting, ElementsAre(says(v1::WARNING, "pending_restart")));
    EXPECT_THAT(waiting[0], on(std::vector<std::string>{"db2"})) << "only there something is to be restarted";
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
