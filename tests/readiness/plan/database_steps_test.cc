// PostgreSQL in a plan: who brings it to another major version, and at which hop.
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(DatabaseSteps, LetThePackageUpgradeASingleNodeAndLookAfterIt) {
    const auto plan = plan_of(fleet_of({single_node("18.8.11", "16.11")}));
    EXPECT_THAT(from_to(lines(plan), "18.11.11/room", "18.11.11/configuration"),
                ElementsAre("18.11.11/room_for_postgresql gitlab", "18.11.11/configuration_backup gitlab"));
    EXPECT_THAT(
        from_to(lines(plan, Phase::IN_WINDOW, "18.11.11"), "install", "check_after"),
        ElementsAre("install_single gitlab", "check_postgresql_upgrade gitlab", "check_after gitlab"));
    EXPECT_EQ(step(plan, "18.11.11/check_postgresql_upgrade").title(),
              "See that PostgreSQL came to 17 on the PostgreSQL node");
    EXPECT_THAT(lines(plan), Not(Contains("19.2.4/upgrade_postgresql gitlab"))) << "it is 17 by then";
}

TEST(DatabaseSteps, CountOnThePackageWhereThePlanTakesItsMarkerAway) {
    auto marked = single_node("18.8.11", "16.11");
    marked.inspection.add_findings()->mutable_marker_file()->set_path("/etc/gitlab/skip-auto-reconfigure");
    const auto plan = plan_of(fleet_of({marked}));
    EXPECT_THAT(lines(plan), Contains("18.11.11/lift_marker gitlab"));
    EXPECT_THAT(lines(plan), Contains("18.11.11/check_postgresql_upgrade gitlab"));
    EXPECT_THAT(lines(plan), Not(Contains("19.2.4/upgrade_postgresql gitlab")))
        << "it would be there already";
}

// The steps of a Redis that Sentinels watch lay the marker, on a PostgreSQL beside it as well.
TEST(DatabaseSteps, DoNotCountOnThePackageWhereThePlanLaysItsMarker) {
    const auto fleet = fleet_of(
        {member("db1", "18.8.11", "POSTGRESQL, REDIS, SENTINEL", no_geo() + runs_postgresql("16.11")),
         member("web1", "18.8.11", "RAILS, SIDEKIQ, GITALY")});
    const auto all = lines(plan_of(fleet));
    EXPECT_THAT(all, Contains("18.11.11/roll_redis db1"));
    EXPECT_THAT(all, Not(Contains("18.11.11/check_postgresql_upgrade db1")));
    EXPECT_THAT(all, Contains("19.2.4/upgrade_postgresql db1"));
}

TEST(DatabaseSteps, UpgradeByCommandBeforeTheHopThatNeedsIt) {
    const auto plan = plan_of(fleet_of({single_node("18.11.9", "16.13")}));
    EXPECT_THAT(
        lines(plan, Phase::IN_WINDOW, "19.2.4"),
        ElementsAre("maintenance_on", "check_before gitlab", "pause_jobs", "upgrade_postgresql gitlab",
                    "restart_after_database gitlab", "install_single gitlab", "check_after gitlab",
                    "check_services gitlab", "maintenance_off", "resume_jobs", "try_by_hand"));
    EXPECT_THAT(commands(step(plan, "19.2.4/upgrade_postgresql")),
                ElementsAre("gitlab-ctl pg-upgrade -V 17"));
    EXPECT_THAT(lines(plan, Phase::BEFORE_WINDOW, "19.2.4"), Contains("room_for_postgresql gitlab"));
}

TEST(DatabaseSteps, GoOverEveryMajorOfALongWay) {
    auto old = single_node("16.11.10", "13.14");
    old.inspection.add_findings()->mutable_marker_file()->set_path("/etc/gitlab/disable-postgresql-upgrade");
    const auto plan = plan_of(fleet_of({old}), "19.3.0");
    std::vector<std::string> upgrades;
    for (const auto& one : plan.steps()) {
        if (one.id().ends_with("/upgrade_postgresql"))
            upgrades.push_back(one.to() + ": " + commands(one).front());
    }
    EXPECT_THAT(upgrades,
                ElementsAre("17.1.8: gitlab-ctl pg-upgrade -V 14", "18.2.8: gitlab-ctl pg-upgrade -V 16",
                            "19.2.4: gitlab-ctl pg-upgrade -V 17"));
}

std::string leader_is(std::string_view leader) {
    const auto member_of = [&](std::string_view name) {
        return " members { name: '" + std::string(name) + "' role: '" +
               (name == leader ? "leader" : "replica") + "' }";
    };
    return "findings { probe: 'patroni' patroni_member { scope: 's' name: 'NAME' } } "
           "findings { probe: 'patroni' patroni_cluster { scope: 's'" +
           member_of("db1") + member_of("db2") + member_of("db3") + " } } ";
}

Fleet patroni_fleet(std::string_view leader) {
    Fleet fleet = fleet_of({member("web1", "18.11.9", "RAILS, SIDEKIQ, GITALY, REDIS",
                                   no_geo() + uses_postgresql("16.13", "10.0.0.21:5432")),
                            member("web2", "18.11.9", "RAILS", no_geo() + migrates("false"))});
    for (const std::string name : {"db1", "db2", "db3"}) {
        auto told = leader_is(leader);
        told.replace(told.find("NAME"), 4, name);
        fleet.nodes.push_back(member(name, "18.11.9", "PATRONI, POSTGRESQL, CONSUL",
                                     no_geo() + told + runs_postgresql("16.13")));
    }
    return fleet;
}

TEST(DatabaseSteps, TakeAClustersReplicasAsideFirst) {
    const auto plan = plan_of(patroni_fleet("db2"));
    EXPECT_THAT(
        from_to(lines(plan, Phase::IN_WINDOW, "19.2.4"), "stop_puma", "install_patroni"),
        ElementsAre("stop_puma web1 web2", "stop_patroni_replicas db1 db3", "upgrade_postgresql_leader db2",
                    "upgrade_postgresql_replicas db1 db3", "install_patroni db1 db3 db2"));
}

TEST(DatabaseSteps, StartNoApplicationOfSeveralNodesBeforeItIsMigrated) {
    const auto window = lines(plan_of(patroni_fleet("db2")), Phase::IN_WINDOW, "19.2.4");
    for (const auto& line : from_to(window, "stop_puma", "install_rails_first")) {
        EXPECT_THAT(line, Not(StartsWith("restart_"))) << "Puma and Sidekiq stay stopped";
        EXPECT_THAT(line, Not(StartsWith("start_application")));
    }
    EXPECT_THAT(window, Contains(StartsWith("start_application web1 web2")));
}

TEST(DatabaseSteps, DoNotGuessWhichNodeLeads) {
    const auto plan = plan_of(patroni_fleet("db9"));
    EXPECT_THAT(lines(plan), Contains("19.2.4/upgrade_postgresql_members db1 db2 db3"));
    EXPECT_THAT(commands(step(plan, "19.2.4/upgrade_postgresql_members")),
                ElementsAre("gitlab-ctl patroni members"));
    EXPECT_THAT(open_points(plan), HasSubstr("Which Patroni node leads was not seen"));
}

TEST(DatabaseSteps, LeaveAServerElsewhereToItsProvider) {
    const auto outside = member("gitlab", "18.11.9", "RAILS, SIDEKIQ, GITALY, REDIS",
                                no_geo() + uses_postgresql("16.8", "db.example.test:5432"));
    const auto plan = plan_of(fleet_of({outside}));
    EXPECT_THAT(from_to(lines(plan, Phase::IN_WINDOW, "19.2.4"), "stop_sidekiq", "install_single"),
                ElementsAre("stop_sidekiq gitlab", "stop_puma gitlab", "upgrade_external_postgresql",
                            "install_single gitlab"));
    const auto& elsewhere = step(plan, "19.2.4/upgrade_external_postgresql");
    EXPECT_THAT(elsewhere.commands(), IsEmpty());
    EXPECT_THAT(elsewhere.title(), HasSubstr("to version 17 or later"));
    EXPECT_THAT(elsewhere.note(), HasSubstr("Servers: db.example.test:5432."));
    EXPECT_THAT(lines(plan), Not(Contains(StartsWith("19.2.4/upgrade_postgresql"))));
    EXPECT_THAT(lines(plan), Contains("19.2.4/finish_background_rails gitlab"))
        << "no node has the database's own login";
}

TEST(DatabaseSteps, AreNotThereWhereEveryHopIsServed) {
    for (const auto& line : lines(plan_of(several_nodes("19.2.4"))))
        EXPECT_THAT(line, Not(HasSubstr("postgresql_"))) << line;
}

}  // namespace
}  // namespace preflight::readiness
