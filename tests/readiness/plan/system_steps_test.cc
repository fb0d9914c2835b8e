// Moves to another operating system: before which hop, on which nodes, by which words.
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

FleetNode on(std::string_view id, std::string_view version_id, std::string_view name,
             std::string_view version, std::string_view with_roles, const std::string& more = "") {
    return node(name, installed(version) + runs_on(id, version_id) + roles(with_roles) + sees_all() +
                          no_geo() + more);
}

constexpr std::string_view every_role = "RAILS, SIDEKIQ, GITALY, POSTGRESQL, REDIS";

TEST(SystemSteps, StandBeforeTheHopWithoutPackagesAndAfterItsBackup) {
    const auto plan =
        plan_of(fleet_of({on("ubuntu", "20.04", "gitlab", "18.8.11", every_role, runs_postgresql("17.10"))}));
    EXPECT_THAT(from_to(lines(plan, Phase::BEFORE_WINDOW, "19.2.4"), "full_backup", "move_system"),
                ElementsAre("full_backup gitlab", "move_system gitlab"));
    const auto& move = step(plan, "19.2.4/move_system");
    EXPECT_EQ(move.title(),
              "Move from Ubuntu 20.04 to Ubuntu 22.04 or Ubuntu 24.04, with GitLab 18.11.11 on both");
    EXPECT_THAT(commands(move), ElementsAre("apt-get update", "apt-get install gitlab-ee=18.11.11-ee.0"));
    EXPECT_THAT(lines(plan), Not(Contains(HasSubstr("rebuild_indexes")))) << "2.31 and later sort alike";
    EXPECT_THAT(lines(plan, Phase::BEFORE_WINDOW, "18.11.11"), Each(Not(StartsWith("move_system"))));
}

TEST(SystemSteps, RebuildIndexesWhereTheLibrarySortsAnewUnderPostgresql) {
    const auto plan = plan_of(
        fleet_of({on("centos", "7", "gitlab", "17.5.5", every_role, runs_postgresql("14.11"))}), "17.8.7");
    EXPECT_THAT(from_to(lines(plan), "17.8.7/move_system", "17.8.7/rebuild"),
                ElementsAre("17.8.7/move_system_by_hand gitlab", "17.8.7/rebuild_indexes gitlab"));
    EXPECT_THAT(commands(step(plan, "17.8.7/rebuild_indexes")),
                Contains("gitlab-psql -c REINDEX DATABASE gitlabhq_production"));
    EXPECT_THAT(commands(step(plan, "17.8.7/move_system_by_hand")), ElementsAre())
        << "the package's name differs between version 8 and 9 of the system";
    const auto without = plan_of(fleet_of({on("centos", "7", "web1", "17.5.5", "RAILS, SIDEKIQ")}), "17.8.7");
    EXPECT_THAT(lines(without), Contains("17.8.7/move_system_by_hand web1"));
    EXPECT_THAT(lines(without), Each(Not(HasSubstr("rebuild_indexes"))));
}

TEST(SystemSteps, TakeTheLeaderOfAClusterLast) {
    const std::string cluster =
        "findings { probe: 'patroni' patroni_cluster { scope: 's' members { name: 'x' role: 'leader' "
        "address: "
        "'db1:5432' } members { name: 'y' role: 'replica' address: 'db2:5432' } } } ";
    const auto plan = plan_of(fleet_of({on("centos", "7", "db1", "17.5.5", "PATRONI, POSTGRESQL", cluster),
                                        on("centos", "7", "db2", "17.5.5", "PATRONI, POSTGRESQL", cluster),
                                        on("ubuntu", "22.04", "web1", "17.5.5", "RAILS, SIDEKIQ")}),
                              "17.8.7");
    EXPECT_THAT(lines(plan), Contains("17.8.7/move_system_by_hand db2 db1"));
    EXPECT_THAT(lines(plan), Contains("17.8.7/rebuild_indexes db1"));
}

TEST(SystemSteps, DoNotGuessWhichServerOfAClusterTakesWrites) {
    const auto plan = plan_of(fleet_of({on("centos", "7", "db1", "17.5.5", "PATRONI, POSTGRESQL"),
                                        on("centos", "7", "db2", "17.5.5", "PATRONI, POSTGRESQL"),
                                        on("ubuntu", "22.04", "web1", "17.5.5", "RAILS, SIDEKIQ")}),
                              "17.8.7");
    EXPECT_THAT(lines(plan), Contains("17.8.7/move_system_by_hand db1 db2"));
    EXPECT_TRUE(step(plan, "17.8.7/move_system_by_hand").one_by_one());
    EXPECT_THAT(lines(plan), Contains("17.8.7/rebuild_indexes")) << "on no node";
    EXPECT_THAT(step(plan, "17.8.7/rebuild_indexes").title(), HasSubstr("the server that takes writes"));
}

TEST(SystemSteps, AreTheRemedyOfTheVerdictsOnSystems) {
    v1::Verdict ended;
    ended.set_check("system.supported");
    ended.set_key("ended");
    ended.set_level(v1::BLOCKER);
    ended.set_remedy("Upgrade the system.");
    ended.add_nodes("gitlab");
    const auto plan =
        plan_of(fleet_of({on("ubuntu", "20.04", "gitlab", "18.11.11", every_role)}), "19.2.4", {ended});
    EXPECT_THAT(step(plan, "19.2.4/move_system").checks(), ElementsAre("system.supported"));
    EXPECT_THAT(lines(plan), Each(Not(HasSubstr("remedy/system.supported"))));
    const auto none =
        plan_of(fleet_of({on("raspbian", "12", "gitlab", "17.11.7", every_role)}), "18.2.8", {ended});
    EXPECT_THAT(open_points(none), HasSubstr("No step of this plan mends system.supported"))
        << "nothing follows it";
}

}  // namespace
}  // namespace preflight::readiness
