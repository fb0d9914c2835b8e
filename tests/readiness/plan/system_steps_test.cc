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
    EXPECT_THAT(from_to(lines(plan, Phase::BEFORE_WINDOW, "19.2.4"), "full_backup", "reinstall"),
                ElementsAre("full_backup gitlab", "leave_system gitlab", "move_system gitlab",
                            "reinstall_package gitlab"));
    EXPECT_THAT(commands(step(plan, "19.2.4/leave_system")),
                ElementsAre("apt-mark hold gitlab-ee", "gitlab-ctl stop"));
    const auto& move = step(plan, "19.2.4/move_system");
    EXPECT_EQ(move.title(),
              "Move from Ubuntu 20.04 to Ubuntu 22.04 or Ubuntu 24.04, with GitLab 18.11.11 on both");
    EXPECT_THAT(commands(move), ElementsAre()) << "the vendor's own way";
    const auto& anew = step(plan, "19.2.4/reinstall_package");
    EXPECT_EQ(
        anew.title(),
        "Install GitLab 18.11.11 anew on the node on Ubuntu 20.04, from the package for the new system");
    EXPECT_THAT(commands(anew),
                ElementsAre("apt-mark unhold gitlab-ee", "apt-get update",
                            "apt-get install --reinstall gitlab-ee=18.11.11-ee.0", "gitlab-ctl reconfigure",
                            "gitlab-ctl restart", "gitlab-ctl status"));
    EXPECT_THAT(anew.verify().argv(), ElementsAre("dpkg-query", "--show", "gitlab-ee"));
    EXPECT_THAT(lines(plan), Not(Contains(HasSubstr("rebuild_indexes")))) << "2.31 and later sort alike";
    EXPECT_THAT(lines(plan, Phase::BEFORE_WINDOW, "18.11.11"), Each(Not(StartsWith("move_system"))));
}

std::string source(std::string_view uri) {
    return "findings { probe: 'packages' package_source { uri: '" + std::string(uri) + "' } } ";
}

TEST(SystemSteps, AddTheSourceOfGitlabAnewAndLeaveMirrorsToThoseWhoKeepThem) {
    const auto plan_with = [](const std::string& told) {
        return plan_of(fleet_of({on("ubuntu", "20.04", "gitlab", "18.11.11", every_role, told)}), "19.2.4");
    };
    const auto plan = plan_with(source("https://packages.gitlab.com/gitlab/gitlab-ee/ubuntu/focal"));
    EXPECT_THAT(from_to(lines(plan), "19.2.4/move_system", "19.2.4/reinstall"),
                ElementsAre("19.2.4/move_system gitlab", "19.2.4/renew_source gitlab",
                            "19.2.4/reinstall_package gitlab"));
    EXPECT_THAT(commands(step(plan, "19.2.4/renew_source")),
                ElementsAre("curl --fail --location --output /root/gitlab-source.sh "
                            "https://packages.gitlab.com/install/repositories/gitlab/gitlab-ee/script.deb.sh",
                            "bash /root/gitlab-source.sh"));
    EXPECT_THAT(step(plan, "19.2.4/renew_source").verify().argv(),
                ElementsAre("apt-cache", "policy", "gitlab-ee"));
    EXPECT_THAT(lines(plan_with(source("https://mirror.example.test/gitlab/ubuntu"))),
                Each(Not(HasSubstr("renew_source"))));
}

TEST(SystemSteps, HoldThePackageAgainWhereItWasHeld) {
    auto held = on("ubuntu", "20.04", "gitlab", "18.11.11", every_role);
    for (auto& finding : *held.inspection.mutable_findings())
        if (finding.has_installation()) finding.mutable_installation()->set_held(true);
    EXPECT_THAT(commands(step(plan_of(fleet_of({held}), "19.2.4"), "19.2.4/reinstall_package")),
                ElementsAre("apt-mark unhold gitlab-ee", "apt-get update",
                            "apt-get install --reinstall gitlab-ee=18.11.11-ee.0", "apt-mark hold gitlab-ee",
                            "gitlab-ctl reconfigure", "gitlab-ctl restart", "gitlab-ctl status"));
}

TEST(SystemSteps, RebuildIndexesWhereTheLibrarySortsAnewUnderPostgresql) {
    const auto plan = plan_of(
        fleet_of({on("centos", "7", "gitlab", "17.5.5", every_role, runs_postgresql("14.11"))}), "17.8.7");
    EXPECT_THAT(from_to(lines(plan), "17.8.7/keep_stopped", "17.8.7/let_start"),
                ElementsAre("17.8.7/keep_stopped gitlab", "17.8.7/leave_system gitlab",
                            "17.8.7/move_system gitlab", "17.8.7/reinstall_package_by_hand gitlab",
                            "17.8.7/rebuild_indexes gitlab", "17.8.7/let_start gitlab"));
    EXPECT_THAT(step(plan, "17.8.7/keep_stopped").title(),
                HasSubstr("set puma['enable'] and sidekiq['enable'] to false"));
    EXPECT_THAT(commands(step(plan, "17.8.7/keep_stopped")), ElementsAre("gitlab-ctl reconfigure"));
    EXPECT_THAT(commands(step(plan, "17.8.7/rebuild_indexes")),
                Contains("gitlab-psql -c SET statement_timeout = 0 -c REINDEX DATABASE gitlabhq_production"))
        << "the package's PostgreSQL ends what takes more than a minute";
    EXPECT_THAT(commands(step(plan, "17.8.7/reinstall_package_by_hand")), ElementsAre())
        << "the package's name differs between version 8 and 9 of the system";
    const auto without = plan_of(fleet_of({on("centos", "7", "web1", "17.5.5", "RAILS, SIDEKIQ")}), "17.8.7");
    EXPECT_THAT(lines(without), Contains("17.8.7/move_system web1"));
    EXPECT_THAT(lines(without), Each(Not(HasSubstr("rebuild_indexes"))));
}

TEST(SystemSteps, LetNobodyWriteByIndexesThatAreSortedWrongly) {
    const auto pods = node("chart",
                           "findings { probe: 'installation' installation { method: CLOUD_NATIVE version: "
                           "'16.11.10' edition: EE } } " +
                               roles("RAILS, SIDEKIQ") + sees_all() + no_geo());
    const auto plan =
        plan_of(fleet_of({on("ubuntu", "18.04", "db1", "16.11.10", "POSTGRESQL", runs_postgresql("14.11")),
                          on("ubuntu", "20.04", "web1", "16.11.10", "RAILS"),
                          on("ubuntu", "20.04", "job1", "16.11.10", "SIDEKIQ"), pods}),
                "17.1.8");
    EXPECT_THAT(from_to(lines(plan), "17.1.8/keep_stopped", "17.1.8/start_cloud_native"),
                ElementsAre("17.1.8/keep_stopped job1 web1", "17.1.8/stop_cloud_native chart",
                            "17.1.8/leave_system db1", "17.1.8/move_system db1",
                            "17.1.8/reinstall_package db1", "17.1.8/rebuild_indexes db1",
                            "17.1.8/let_start job1 web1", "17.1.8/start_cloud_native chart"));
}

FleetNode of_site(std::string_view name, std::string_view version_id, std::string_view role,
                  std::string_view called, std::string_view service) {
    return node(name, installed("16.11.10") + runs_on("ubuntu", version_id) + roles(every_role) + sees_all() +
                          runs_postgresql("14.11") + geo_site(role, called) +
                          "findings { probe: 'services' service { name: '" + std::string(service) +
                          "' enabled: true } } ");
}

TEST(SystemSteps, CloseEverySiteUntilThePrimarysIndexesAreRebuilt) {
    const auto plan = plan_of(fleet_of({of_site("copy", "18.04", "SECONDARY", "berlin", "geo-postgresql"),
                                        of_site("main", "18.04", "PRIMARY", "london", "postgresql")}),
                              "17.1.8");
    EXPECT_THAT(from_to(lines(plan), "17.1.8/primary/keep_stopped", "17.1.8/secondary-1/let_start"),
                ElementsAre("17.1.8/primary/keep_stopped main", "17.1.8/secondary-1/keep_stopped copy",
                            "17.1.8/primary/leave_system main", "17.1.8/primary/move_system main",
                            "17.1.8/primary/reinstall_package main", "17.1.8/primary/rebuild_indexes main",
                            "17.1.8/secondary-1/leave_system copy", "17.1.8/secondary-1/move_system copy",
                            "17.1.8/secondary-1/reinstall_package copy",
                            "17.1.8/secondary-1/rebuild_tracking_indexes copy",
                            "17.1.8/primary/let_start main", "17.1.8/secondary-1/let_start copy"));
    EXPECT_THAT(step(plan, "17.1.8/secondary-1/keep_stopped").title(), HasSubstr("geo_logcursor['enable']"));
    EXPECT_THAT(step(plan, "17.1.8/secondary-1/let_start").note(),
                HasSubstr("under the C library that the primary's server has"));
    EXPECT_THAT(step(plan, "17.1.8/primary/let_start").note(), Not(HasSubstr("primary's server")));
}

TEST(SystemSteps, RebuildATrackingDatabaseWhereItsOwnServerMoves) {
    const auto moved = [](std::vector<FleetNode> nodes) {
        nodes.push_back(of_site("main", "20.04", "PRIMARY", "london", "postgresql"));
        return plan_of(fleet_of(std::move(nodes)), "17.1.8");
    };
    const auto alone = moved({of_site("copy", "18.04", "SECONDARY", "berlin", "geo-postgresql")});
    EXPECT_THAT(lines(alone), Contains("17.1.8/secondary-1/rebuild_tracking_indexes copy"));
    EXPECT_THAT(lines(alone), Each(Not(HasSubstr("/rebuild_indexes"))));
    EXPECT_THAT(lines(moved({of_site("copy", "18.04", "SECONDARY", "berlin", "postgresql"),
                             of_site("tracks", "20.04", "SECONDARY", "berlin", "geo-postgresql")})),
                Each(Not(HasSubstr("rebuild_tracking"))));
    const auto unseen = moved({of_site("a", "18.04", "SECONDARY", "berlin", "x"),
                               of_site("b", "18.04", "SECONDARY", "berlin", "x")});
    EXPECT_THAT(lines(unseen), Contains("17.1.8/secondary-1/rebuild_tracking_indexes")) << "on no node";
    EXPECT_THAT(step(unseen, "17.1.8/secondary-1/rebuild_tracking_indexes").note(),
                HasSubstr("Only on one of a, b: which of them holds the tracking database was not seen."));
}

TEST(SystemSteps, LetTheHopsBehindThemSpeakTheWordsOfTheNewSystem) {
    const auto plan = plan_of(fleet_of({on("amzn", "2", "gitlab", "18.11.11", every_role)}));
    EXPECT_THAT(lines(plan), Contains("19.3.0/move_system gitlab"));
    EXPECT_THAT(commands(step(plan, "19.2.4/install_single")),
                Contains("yum install gitlab-ee-19.2.4-ee.0.amazon2"));
    EXPECT_THAT(commands(step(plan, "19.3.0/reinstall_package")),
                Contains("dnf install gitlab-ee-19.2.4-ee.0.amazon2023"));
    EXPECT_THAT(commands(step(plan, "19.3.0/install_single")),
                Contains("dnf install gitlab-ee-19.3.0-ee.0.amazon2023"));
    const auto chosen_later =
        plan_of(fleet_of({on("centos", "7", "gitlab", "17.5.5", every_role)}), "17.8.7");
    EXPECT_THAT(commands(step(chosen_later, "17.8.7/install_single")), ElementsAre());
    EXPECT_THAT(open_points(chosen_later),
                HasSubstr("gitlab is not known: its system, its package or its image was not seen, or the "
                          "system that it moves to is still to be chosen"));
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
    EXPECT_THAT(lines(plan), Contains("17.8.7/reinstall_package_by_hand db2 db1"));
    EXPECT_THAT(lines(plan), Contains("17.8.7/rebuild_indexes db1"));
}

TEST(SystemSteps, DoNotGuessWhichServerOfAClusterTakesWrites) {
    const auto plan = plan_of(fleet_of({on("centos", "7", "db1", "17.5.5", "PATRONI, POSTGRESQL"),
                                        on("centos", "7", "db2", "17.5.5", "PATRONI, POSTGRESQL"),
                                        on("ubuntu", "22.04", "web1", "17.5.5", "RAILS, SIDEKIQ")}),
                              "17.8.7");
    EXPECT_THAT(lines(plan), Contains("17.8.7/reinstall_package_by_hand db1 db2"));
    EXPECT_TRUE(step(plan, "17.8.7/reinstall_package_by_hand").one_by_one());
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
