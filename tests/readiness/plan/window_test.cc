// Plans with downtime: which steps there are for one node, for several, and in which order.
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(WindowOfOneNode, IsThePackageBetweenChecks) {
    const auto plan = plan_of(fleet_of({single_node("19.2.4")}));
    EXPECT_EQ(plan.manner(), v1::Plan::SINGLE_NODE);
    EXPECT_FALSE(plan.geo());
    EXPECT_THAT(
        lines(plan),
        ElementsAre("before/read_notes", "before/rehearse", "19.3.0/finish_background gitlab",
                    "19.3.0/check_settings gitlab", "19.3.0/configuration_backup gitlab",
                    "19.3.0/full_backup gitlab", "19.3.0/maintenance_on", "19.3.0/check_before gitlab",
                    "19.3.0/pause_jobs", "19.3.0/install_single gitlab", "19.3.0/check_after gitlab",
                    "19.3.0/check_services gitlab", "19.3.0/upgrade_runners", "19.3.0/maintenance_off",
                    "19.3.0/resume_jobs", "19.3.0/try_by_hand", "after/finish_background gitlab",
                    "after/configuration_backup gitlab", "after/full_backup gitlab", "after/inspect_again"));
    EXPECT_THAT(commands(step(plan, "19.3.0/install_single")),
                ElementsAre("apt-get update", "apt-get install gitlab-ee=19.3.0-ee.0", "gitlab-ctl restart"));
    EXPECT_EQ(step(plan, "19.3.0/install_single").title(), "Install GitLab 19.3.0 on gitlab");
    EXPECT_EQ(step(plan, "19.3.0/install_single").reversal(), v1::PlanStep::RESTORE_ONLY);
    EXPECT_EQ(step(plan, "19.3.0/install_single").seconds_to(), 3600);
    EXPECT_THAT(step(plan, "19.3.0/install_single").duration_source(), HasSubstr("below 10 GB"));
    EXPECT_THAT(plan.open(), IsEmpty());
}

TEST(WindowOfSeveralNodes, GoesByRoleInTheDocumentedOrder) {
    const auto plan = plan_of(several_nodes("19.2.4"));
    EXPECT_EQ(plan.manner(), v1::Plan::WITH_DOWNTIME);
    EXPECT_THAT(lines(plan, Phase::IN_WINDOW),
                ElementsAre("maintenance_on", "check_before web1", "pause_jobs", "stop_sidekiq job1",
                            "stop_puma web1 web2", "install_consul consul1 consul2", "install_gitaly gitaly1",
                            "install_postgresql db1", "install_pgbouncer pgb1", "install_redis redis1",
                            "install_rails_first web1", "install_application web2 job1", "install_other mon1",
                            "start_application job1 web1 web2", "check_after web1",
                            "check_services consul1 consul2 db1 gitaly1 job1 mon1 pgb1 redis1 web1 web2",
                            "upgrade_runners", "maintenance_off", "resume_jobs", "try_by_hand"));
    EXPECT_TRUE(step(plan, "19.3.0/install_consul").one_by_one());
    EXPECT_FALSE(step(plan, "19.3.0/install_application").one_by_one());
    EXPECT_EQ(step(plan, "19.3.0/install_gitaly").title(), "Install GitLab 19.3.0 on the Gitaly node");
    EXPECT_EQ(step(plan, "19.3.0/install_gitaly").reversal(), v1::PlanStep::REVERSIBLE);
    EXPECT_EQ(step(plan, "19.3.0/install_rails_first").reversal(), v1::PlanStep::RESTORE_ONLY);
    EXPECT_THAT(plan.open(), IsEmpty());
}

TEST(WindowOfSeveralNodes, TakesAClusterOfGitalyAndRedisOneByOne) {
    auto fleet = several_nodes("19.2.4");
    fleet.nodes.push_back(member("gitaly2", "19.2.4", "GITALY"));
    fleet.nodes.push_back(
        member("praefect1", "19.2.4", "PRAEFECT", no_geo() + migrates("false", "praefect")));
    fleet.nodes.push_back(member("praefect2", "19.2.4", "PRAEFECT"));
    fleet.nodes.push_back(member("redis2", "19.2.4", "REDIS, SENTINEL"));
    const auto plan = plan_of(fleet);
    EXPECT_THAT(from_to(lines(plan, Phase::IN_WINDOW), "install_consul", "install_rails_first"),
                ElementsAre("install_consul consul1 consul2", "roll_gitaly_cluster gitaly1 gitaly2",
                            "check_dataloss praefect1", "roll_praefect_first praefect2",
                            "roll_praefect praefect1", "install_postgresql db1", "install_pgbouncer pgb1",
                            "roll_redis redis1 redis2", "install_rails_first web1"));
    EXPECT_TRUE(step(plan, "19.3.0/roll_gitaly_cluster").one_by_one());
    EXPECT_THAT(commands(step(plan, "19.3.0/roll_gitaly_cluster")),
                ElementsAre("touch /etc/gitlab/skip-auto-reconfigure", "apt-get update",
                            "apt-get install gitlab-ee=19.3.0-ee.0", "gitlab-ctl reconfigure",
                            "gitlab-ctl restart-except gitaly"));
    EXPECT_THAT(lines(plan),
                Contains("after/take_marker_away gitaly1 gitaly2 praefect1 praefect2 redis1 redis2"));
}

std::string leads(std::string_view leader) {
    const auto member_of = [&](std::string_view name) {
        return " members { name: '" + std::string(name) + "' role: '" +
               (name == leader ? "leader" : "replica") + "' address: '" + std::string(name) + ":5432' }";
    };
    return "findings { probe: 'patroni' patroni_cluster { scope: 's'" + member_of("db1") + member_of("db2") +
           member_of("db3") + " } } ";
}

Fleet with_patroni(const std::string& told) {
    auto fleet = several_nodes("19.2.4");
    std::erase_if(fleet.nodes, [](const FleetNode& node) { return node_name(node) == "db1"; });
    for (const auto* name : {"db1", "db2", "db3"})
        fleet.nodes.push_back(member(name, "19.2.4", "PATRONI, POSTGRESQL, CONSUL", no_geo() + told));
    return fleet;
}

TEST(WindowOfPatroni, TakesTheLeaderLast) {
    const auto plan = plan_of(with_patroni(leads("db2")));
    EXPECT_THAT(lines(plan), Contains("19.3.0/install_patroni db1 db3 db2"));
    EXPECT_TRUE(step(plan, "19.3.0/install_patroni").one_by_one());
    EXPECT_THAT(lines(plan), Contains("19.3.0/finish_background db2")) << "which takes writes";
    EXPECT_EQ(step(plan, "19.3.0/install_patroni").title(),
              "Install GitLab 19.3.0 on the PostgreSQL nodes, replicas first, the leader last");
}

TEST(WindowOfPatroni, SpeaksOfNoOrderWhereThereIsOneNode) {
    auto fleet = with_patroni(leads("db2"));
    std::erase_if(fleet.nodes,
                  [](const FleetNode& node) { return node_name(node) == "db1" || node_name(node) == "db3"; });
    EXPECT_EQ(step(plan_of(fleet), "19.3.0/install_patroni").title(),
              "Install GitLab 19.3.0 on the PostgreSQL node");
}

// Every place behind that of PostgreSQL.
TEST(WindowOfPatroni, RestartsItBesideWhateverElseRunsOnItsNode) {
    for (const auto* beside : {"PGBOUNCER", "REDIS", "REDIS, SENTINEL", "SIDEKIQ", "RAILS"}) {
        auto fleet = several_nodes("19.2.4");
        fleet.nodes.push_back(member("db2", "19.2.4", "PATRONI, POSTGRESQL, " + std::string(beside)));
        const auto plan = plan_of(fleet);
        bool restarted = false;
        for (const auto& one : plan.steps()) {
            const auto typed = commands(one);
            const bool there = std::ranges::find(one.nodes(), "db2") != one.nodes().end();
            const bool restarts = std::ranges::find(typed, "gitlab-ctl restart") != typed.end();
            restarted = restarted || (there && restarts);
        }
        EXPECT_TRUE(restarted) << beside;
    }
}

TEST(WindowOfPatroni, TakesTheLeaderLastBehindTheWordsOfAnotherPackageManager) {
    auto fleet = with_patroni(leads("db3"));
    for (auto& one : fleet.nodes) {
        if (node_name(one) == "db2")
            one = node("db2", installed("19.2.4") + runs_on("rocky", "9.4") +
                                  roles("PATRONI, POSTGRESQL, CONSUL") + sees_all() + no_geo());
    }
    EXPECT_THAT(from_to(lines(plan_of(fleet), Phase::IN_WINDOW), "install_patroni", "install_patroni-2"),
                ElementsAre("install_patroni db2", "install_patroni-2 db1 db3"));
}

TEST(WindowOfPatroni, SaysThatTheLeaderWasNotSeen) {
    const auto plan = plan_of(with_patroni(""));
    EXPECT_THAT(lines(plan), Contains("19.3.0/install_patroni db1 db2 db3"));
    EXPECT_THAT(open_points(plan), HasSubstr("Which Patroni node leads was not seen"));
    EXPECT_THAT(lines(plan), Contains("19.3.0/finish_background_rails web1"));
}

TEST(WindowBehindPgbouncer, LetsMigrationsPassIt) {
    auto fleet = several_nodes("19.2.4");
    for (auto& node : fleet.nodes) {
        if (node_name(node) != "web1") continue;
        for (auto& finding : *node.inspection.mutable_findings()) {
            if (finding.has_postgres_instance())
                finding.mutable_postgres_instance()->set_through_pgbouncer(true);
        }
    }
    EXPECT_THAT(from_to(lines(plan_of(fleet), Phase::IN_WINDOW), "bypass", "install_application"),
                ElementsAre("bypass_pgbouncer web1", "install_rails_first web1", "back_to_pgbouncer web1",
                            "install_application web2 job1"));
}

// It backs up and migrates by itself, and both fail through PgBouncer.
TEST(WindowBehindPgbouncer, LetsThePackageOfASingleNodePassIt) {
    auto one = single_node("19.2.4");
    for (auto& finding : *one.inspection.mutable_findings())
        if (finding.has_postgres_instance()) finding.mutable_postgres_instance()->set_through_pgbouncer(true);
    EXPECT_THAT(from_to(lines(plan_of(fleet_of({one})), Phase::IN_WINDOW), "pause_jobs", "check_after"),
                ElementsAre("pause_jobs", "bypass_pgbouncer gitlab", "install_single gitlab",
                            "back_to_pgbouncer gitlab", "check_after gitlab"));
    auto there = one;
    for (auto& finding : *there.inspection.mutable_findings())
        if (finding.has_installation()) finding.mutable_installation()->set_edition(v1::CE);
    auto upgrade = to("19.2.4");
    upgrade.edition = v1::EE;
    EXPECT_THAT(from_to(lines(plan_of(fleet_of({there}), upgrade)), "after/bypass", "after/back_to"),
                ElementsAre("after/bypass_pgbouncer gitlab", "after/change_edition gitlab",
                            "after/back_to_pgbouncer gitlab"));
}

TEST(Window, LetsOneNodeMigrate) {
    auto fleet = several_nodes("19.2.4");
    fleet.nodes.push_back(member("web0", "19.2.4", "RAILS", no_geo() + migrates("false")));
    EXPECT_THAT(lines(plan_of(fleet)), Contains("19.3.0/install_rails_first web1")) << "the one that may";
    fleet.nodes.push_back(member("web3", "19.2.4", "RAILS"));
    const auto plan = plan_of(fleet);
    EXPECT_THAT(lines(plan), Contains("before/keep_from_migrating web3"));
    EXPECT_EQ(step(plan, "before/keep_from_migrating").title(),
              "Let web1 alone migrate: set gitlab_rails['auto_migrate'] to false on the others");
    const auto none = fleet_of({member("web1", "19.2.4", "RAILS", no_geo() + migrates("false")),
                                member("web2", "19.2.4", "RAILS", no_geo() + migrates("false"))});
    EXPECT_THAT(lines(plan_of(none)), Contains("before/let_migrate web1"));
    auto unseen = several_nodes("19.2.4");
    unseen.nodes.push_back(node("web0", installed("19.2.4") + roles("RAILS") + no_geo()));
    EXPECT_THAT(open_points(plan_of(unseen)), HasSubstr("Whether web0 may change the database"));
}

TEST(Window, LiftsHoldsAndSetsThemAgain) {
    auto held = single_node("19.2.4");
    for (auto& finding : *held.inspection.mutable_findings())
        if (finding.has_installation()) finding.mutable_installation()->set_held(true);
    const auto plan = plan_of(fleet_of({held}));
    EXPECT_THAT(
        from_to(lines(plan, Phase::IN_WINDOW), "lift_hold", "set_hold"),
        ElementsAre("lift_hold gitlab", "install_single gitlab", "check_after gitlab", "set_hold gitlab"));
    EXPECT_THAT(commands(step(plan, "19.3.0/lift_hold")), ElementsAre("apt-mark unhold gitlab-ee"));
    EXPECT_THAT(step(plan, "19.3.0/lift_hold").verify().argv(), ElementsAre("apt-mark", "showhold"));
    EXPECT_THAT(step(plan, "19.3.0/set_hold").verify().argv(), ElementsAre("apt-mark", "showhold"));
    EXPECT_THAT(commands(step(plan, "19.3.0/set_hold")), ElementsAre("apt-mark hold gitlab-ee"));
}

TEST(Window, LeavesAPinToAnEditor) {
    auto held = single_node("19.2.4");
    for (auto& finding : *held.inspection.mutable_findings()) {
        if (!finding.has_installation()) continue;
        finding.mutable_installation()->set_held(true);
        finding.mutable_installation()->set_held_by("/etc/apt/preferences.d/gitlab");
    }
    const auto plan = plan_of(fleet_of({held}));
    EXPECT_THAT(commands(step(plan, "19.3.0/lift_hold_by_hand")), IsEmpty());
    EXPECT_THAT(lines(plan), Contains("19.3.0/set_hold_by_hand gitlab"));
    EXPECT_THAT(plan.open(), IsEmpty()) << "nothing is unknown about it";
}

TEST(Window, TakesTheMarkerAwayWhereThePackageIsToMigrate) {
    auto fleet = several_nodes(
        "19.2.4",
        "findings { probe: 'installation' marker_file { path: '/etc/gitlab/skip-auto-reconfigure' } } ");
    const auto all = lines(plan_of(fleet));
    EXPECT_THAT(all, Contains("19.3.0/lift_marker web1 web2"));
    EXPECT_THAT(all, Contains("19.3.0/set_marker web1 web2"));
    EXPECT_THAT(all, Not(Contains(StartsWith("after/take_marker_away"))));
}

// Its package would lay down files that no running service takes up.
TEST(Window, TakesTheMarkerAwayFromServersAsWell) {
    auto fleet = several_nodes("19.2.4");
    for (auto& node : fleet.nodes) {
        if (node_name(node) == "gitaly1")
            node.inspection.add_findings()->mutable_marker_file()->set_path(
                "/etc/gitlab/skip-auto-reconfigure");
    }
    EXPECT_THAT(from_to(lines(plan_of(fleet), Phase::IN_WINDOW), "lift_marker", "stop_sidekiq"),
                ElementsAre("lift_marker gitaly1", "stop_sidekiq job1"));
    EXPECT_THAT(lines(plan_of(fleet)), Contains("19.3.0/set_marker gitaly1"));
}

TEST(Window, PassesOverNodesThatHaveTheVersion) {
    auto fleet = several_nodes("19.2.4");
    for (auto& node : fleet.nodes) {
        if (node_name(node) == "consul1" || node_name(node) == "gitaly1")
            node = member(node_name(node), "19.3.0", node_name(node) == "gitaly1" ? "GITALY" : "CONSUL");
    }
    EXPECT_THAT(from_to(lines(plan_of(fleet), Phase::IN_WINDOW), "stop_puma", "install_postgresql"),
                ElementsAre("stop_puma web1 web2", "install_consul consul2", "install_postgresql db1"));
}

TEST(Window, KnowsNoMaintenanceModeInTheCommunityEdition) {
    const auto community = node("gitlab", installed("19.2.4", "edition: CE") + runs_on("debian", "12") +
                                              roles("RAILS") + sees_all() + no_geo());
    auto named = community;
    for (auto& finding : *named.inspection.mutable_findings())
        if (finding.has_installation()) finding.mutable_installation()->set_package_name("gitlab-ce");
    const auto plan = plan_of(fleet_of({named}));
    EXPECT_THAT(lines(plan), Not(Contains("19.3.0/maintenance_on")));
    EXPECT_THAT(commands(step(plan, "19.3.0/install_single")),
                Contains("apt-get install gitlab-ce=19.3.0-ce.0"));
}

TEST(WindowOfThreeHops, HasBackupsAndBackgroundMigrationsForEach) {
    const auto plan = plan_of(fleet_of({single_node("18.8.11", "16.11")}));
    EXPECT_THAT(lines(plan, Phase::BEFORE_WINDOW, "18.11.11"),
                ElementsAre("finish_background gitlab", "check_settings gitlab", "room_for_postgresql gitlab",
                            "configuration_backup gitlab", "full_backup gitlab"));
    EXPECT_THAT(lines(plan, Phase::BETWEEN_HOPS, "18.11.11"),
                ElementsAre("finish_background-2 gitlab", "inspect_again"));
    EXPECT_THAT(lines(plan, Phase::BEFORE_WINDOW, "19.2.4"),
                ElementsAre("check_settings gitlab", "configuration_backup gitlab", "full_backup gitlab"));
    EXPECT_THAT(commands(step(plan, "18.11.11/check_settings")),
                ElementsAre("gitlab-ctl check-config --version 18.11"));
    EXPECT_THAT(commands(step(plan, "19.2.4/check_settings")),
                ElementsAre("gitlab-ctl check-config --version 19.2"));
    EXPECT_THAT(lines(plan, Phase::BETWEEN_HOPS, "19.2.4"),
                ElementsAre("finish_background gitlab", "inspect_again"));
    EXPECT_THAT(lines(plan, Phase::BETWEEN_HOPS, "19.3.0"), IsEmpty()) << "it is the last";
    EXPECT_THAT(lines(plan, Phase::IN_WINDOW, "18.11.11"), Not(Contains("upgrade_runners")));
    EXPECT_THAT(lines(plan, Phase::IN_WINDOW, "19.3.0"), Contains("upgrade_runners"));
    EXPECT_THAT(commands(step(plan, "18.11.11/install_single")),
                Contains("apt-get install gitlab-ee=18.11.11-ee.0"));
}

}  // namespace
}  // namespace preflight::readiness
