// Plans of sites of Geo: the primary first, each node on its own site.
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

FleetNode single_site(std::string_view name, std::string_view version, std::string_view role,
                      std::string_view site, std::string_view postgresql = "17.10") {
    return member(name, version, "RAILS, SIDEKIQ, GITALY, POSTGRESQL, REDIS",
                  runs_postgresql(postgresql) + geo_site(role, site));
}

TEST(PlanOfGeo, UpgradesThePrimaryThenEachSecondary) {
    const auto plan = plan_of(fleet_of({single_site("b-copy", "19.2.4", "SECONDARY", "berlin"),
                                        single_site("a-copy", "19.2.4", "SECONDARY", "tokyo"),
                                        single_site("main", "19.2.4", "PRIMARY", "london")}));
    EXPECT_TRUE(plan.geo());
    EXPECT_EQ(plan.manner(), v1::Plan::SINGLE_NODE);
    EXPECT_THAT(
        from_to(lines(plan, Phase::IN_WINDOW), "secondary-1/pause", "check_geo"),
        ElementsAre("secondary-1/pause_replication b-copy", "secondary-2/pause_replication a-copy",
                    "primary/install_single main", "primary/check_after main",
                    "compare_secrets main b-copy a-copy", "secondary-1/install_single_secondary b-copy",
                    "secondary-2/install_single_secondary a-copy", "secondary-1/resume_replication b-copy",
                    "secondary-2/resume_replication a-copy", "secondary-1/restart_sidekiq b-copy",
                    "secondary-2/restart_sidekiq a-copy", "secondary-1/restart_puma b-copy",
                    "secondary-2/restart_puma a-copy", "check_geo-2 main b-copy a-copy"));
    EXPECT_THAT(from_to(lines(plan, Phase::IN_WINDOW), "primary/check_before", "check_geo"),
                ElementsAre("primary/check_before main", "check_geo main b-copy a-copy"));
    EXPECT_EQ(step(plan, "19.3.0/secondary-1/install_single_secondary").title(),
              "Install GitLab 19.3.0 on b-copy of the secondary site berlin");
    EXPECT_THAT(lines(plan), Contains("19.3.0/primary/full_backup main")) << "a secondary makes none";
    EXPECT_THAT(plan.open(), IsEmpty());
}

// Gitaly and Redis say nothing of Geo.
TEST(PlanOfGeo, KnowsTheSiteOfANodeByThoseThatUseIt) {
    const auto plan = plan_of(fleet_of({
        member("g-main", "19.2.4", "GITALY", no_geo() + goes_by("10.0.0.5")),
        member("g-copy", "19.2.4", "GITALY", no_geo() + goes_by("10.9.0.5")),
        member("main", "19.2.4", "RAILS", geo_site("PRIMARY", "london") + uses_gitaly("10.0.0.5")),
        member("copy", "19.2.4", "RAILS", geo_site("SECONDARY", "berlin") + uses_gitaly("10.9.0.5")),
        member("stray", "19.2.4", "REDIS"),
    }));
    EXPECT_EQ(plan.manner(), v1::Plan::WITH_DOWNTIME);
    const auto all = lines(plan);
    EXPECT_THAT(from_to(all, "19.3.0/primary/stop_puma", "19.3.0/primary/install_rails"),
                ElementsAre("19.3.0/primary/stop_puma main", "19.3.0/primary/install_gitaly g-main",
                            "19.3.0/primary/install_rails_first main"));
    EXPECT_THAT(from_to(all, "19.3.0/secondary-1/stop_puma", "19.3.0/secondary-1/install_rails"),
                ElementsAre("19.3.0/secondary-1/stop_puma copy", "19.3.0/secondary-1/install_gitaly g-copy",
                            "19.3.0/secondary-1/install_rails_first_secondary copy"));
    EXPECT_THAT(all, Each(Not(HasSubstr("stray"))));
    EXPECT_THAT(open_points(plan), HasSubstr("stray has no step in this plan: of which Geo site it is"));
}

// With geo_secondary['auto_migrate'] at false, as GitLab's guide has it, no package does.
TEST(PlanOfGeo, MigratesTheTrackingDatabaseOfSeveralNodesByCommand) {
    const auto copy = geo_site("SECONDARY", "berlin");
    const auto plan = plan_of(fleet_of(
        {single_site("main", "19.2.4", "PRIMARY", "london"), member("c-web1", "19.2.4", "RAILS", copy),
         member("c-web2", "19.2.4", "RAILS", copy + migrates("false", "geo_secondary"))}));
    EXPECT_THAT(commands(step(plan, "19.3.0/secondary-1/install_rails_first_secondary")),
                ElementsAre("apt-get update", "apt-get install gitlab-ee=19.3.0-ee.0",
                            "gitlab-rake db:migrate:geo", "gitlab-ctl restart"));
    EXPECT_THAT(lines(plan), Contains("before/secondary-1/keep_secondary_from_migrating c-web1"))
        << "c-web2 is kept from it already";
    EXPECT_THAT(step(plan, "before/secondary-1/keep_secondary_from_migrating").title(),
                HasSubstr("geo_secondary['auto_migrate']"));
    EXPECT_THAT(lines(plan_of(fleet_of({single_site("main", "19.2.4", "PRIMARY", "london"),
                                        single_site("copy", "19.2.4", "SECONDARY", "berlin")}))),
                Each(Not(HasSubstr("keep_secondary"))))
        << "the package of a single node does it";
}

TEST(PlanOfGeo, MigratesTheTrackingDatabaseOfSeveralContainersByCommand) {
    const auto container = [](std::string_view name) {
        return node(name,
                    "findings { probe: 'installation' installation { method: DOCKER version: '19.2.4' "
                    "edition: EE } } " +
                        roles("RAILS, SIDEKIQ") + sees_all() + geo_site("SECONDARY", "berlin"));
    };
    const auto main = single_site("main", "19.2.4", "PRIMARY", "london");
    const auto plan = plan_of(fleet_of({main, container("c-web1"), container("c-web2")}));
    EXPECT_THAT(
        from_to(lines(plan, Phase::IN_WINDOW), "secondary-1/install_docker", "secondary-1/install_docker-2"),
        ElementsAre("secondary-1/install_docker c-web1", "secondary-1/migrate_tracking c-web1",
                    "secondary-1/install_docker-2 c-web2"));
    EXPECT_THAT(commands(step(plan, "19.3.0/secondary-1/migrate_tracking")),
                ElementsAre("docker exec -it CONTAINER gitlab-rake db:migrate:geo",
                            "docker exec -it CONTAINER gitlab-ctl restart"));
    EXPECT_THAT(lines(plan_of(fleet_of({main, container("c-web1")}))),
                Each(Not(HasSubstr("migrate_tracking"))))
        << "the start of a single one does it";
}

TEST(PlanOfGeo, PausesNoReplicaThatAloneReportsOfItsCluster) {
    const auto copy = geo_site("SECONDARY", "berlin");
    const std::string cluster =
        "findings { probe: 'patroni' patroni_cluster { scope: 's' members { name: 'x' role: 'replica' "
        "address: 'c-db1:5432' } members { name: 'y' role: 'standby_leader' address: 'c-db2:5432' } } } ";
    const auto plan = plan_of(fleet_of({single_site("main", "19.2.4", "PRIMARY", "london"),
                                        member("c-db1", "19.2.4", "PATRONI, POSTGRESQL", copy + cluster),
                                        member("c-web1", "19.2.4", "RAILS, SIDEKIQ, GITALY, REDIS", copy)}));
    for (const auto* id : {"19.3.0/secondary-1/pause_replication", "19.3.0/secondary-1/resume_replication"}) {
        EXPECT_THAT(step(plan, id).nodes(), IsEmpty()) << id;
        EXPECT_THAT(step(plan, id).title(), HasSubstr("on the standby leader of the secondary site berlin"));
    }
    EXPECT_THAT(open_points(plan), HasSubstr("Which Patroni node leads on the site berlin was not seen"));
}

TEST(PlanOfGeo, DoesNotPlaceWhatTwoSitesUse) {
    const auto plan = plan_of(fleet_of({
        member("shared", "19.2.4", "GITALY", no_geo() + goes_by("10.0.0.5")),
        member("main", "19.2.4", "RAILS", geo_site("PRIMARY", "london") + uses_gitaly("10.0.0.5")),
        member("copy", "19.2.4", "RAILS", geo_site("SECONDARY", "berlin") + uses_gitaly("10.0.0.5")),
    }));
    EXPECT_THAT(lines(plan), Each(Not(HasSubstr("shared"))));
    EXPECT_THAT(open_points(plan), HasSubstr("shared has no step"));
}

TEST(PlanOfGeo, CopiesTheDatabaseAnewAfterAnotherMajorVersion) {
    const auto plan = plan_of(fleet_of({single_site("main", "18.11.9", "PRIMARY", "london", "16.13"),
                                        single_site("copy", "18.11.9", "SECONDARY", "berlin", "16.13")}));
    EXPECT_THAT(from_to(lines(plan, Phase::IN_WINDOW, "19.2.4"), "primary/upgrade", "primary/install"),
                ElementsAre("primary/upgrade_postgresql main", "primary/restart_after_database main",
                            "secondary-1/upgrade_postgresql copy", "secondary-1/replicate_database copy",
                            "secondary-1/restart_after_database copy", "primary/install_single main"));
    EXPECT_THAT(lines(plan, Phase::BEFORE_WINDOW, "19.2.4"), Contains("primary/note_slots main"));
    EXPECT_EQ(step(plan, "19.2.4/secondary-1/replicate_database").seconds_to(), 28800);
    EXPECT_THAT(lines(plan), Not(Contains("18.11.11/check_postgresql_upgrade main")))
        << "beside Geo the package does not do it by itself";
}

// There the data directory is Patroni's, which copies from the primary by itself.
TEST(PlanOfGeo, LeavesTheCopyOfAStandbyClusterToPatroni) {
    const auto copy = geo_site("SECONDARY", "berlin");
    const auto database =
        copy +
        "findings { probe: 'patroni' patroni_cluster { scope: 's' members { name: 'x' role: 'replica' "
        "address: 'c-db1:5432' } members { name: 'y' role: 'standby_leader' address: 'c-db2:5432' } } } ";
    const auto plan = plan_of(fleet_of({single_site("main", "18.11.9", "PRIMARY", "london", "16.13"),
                                        member("c-db1", "18.11.9", "PATRONI, POSTGRESQL", database),
                                        member("c-db2", "18.11.9", "PATRONI, POSTGRESQL", database),
                                        member("c-web1", "18.11.9", "RAILS, SIDEKIQ, GITALY, REDIS", copy)}));
    EXPECT_THAT(
        from_to(lines(plan, Phase::IN_WINDOW, "19.2.4"), "secondary-1/stop_patroni", "secondary-1/restart"),
        ElementsAre(
            "secondary-1/stop_patroni_replicas c-db1", "secondary-1/upgrade_postgresql_standby_leader c-db2",
            "secondary-1/upgrade_postgresql_replicas c-db1", "secondary-1/restart_after_database c-web1"));
    EXPECT_THAT(lines(plan), Each(Not(HasSubstr("replicate_database"))));
}

// It wipes the data of the server on which it is typed.
TEST(PlanOfGeo, CopiesTheDatabaseAnewOnOneServerOnly) {
    const auto copy = geo_site("SECONDARY", "berlin");
    const auto with = [&copy](const std::string& services) {
        return plan_of(fleet_of({single_site("main", "18.11.9", "PRIMARY", "london", "16.13"),
                                 member("c-db1", "18.11.9", "POSTGRESQL", copy),
                                 member("c-db2", "18.11.9", "POSTGRESQL", copy + services),
                                 member("c-web1", "18.11.9", "RAILS, SIDEKIQ, GITALY, REDIS", copy)}));
    };
    const auto unseen = with("");
    EXPECT_THAT(lines(unseen), Contains("19.2.4/secondary-1/replicate_database")) << "on no node";
    const auto& anew = step(unseen, "19.2.4/secondary-1/replicate_database");
    EXPECT_THAT(anew.title(), HasSubstr("to the node with the database of the secondary site berlin anew"));
    EXPECT_THAT(anew.note(), HasSubstr("Only on one of c-db1, c-db2"));
    const auto seen =
        with("findings { probe: 'services' service { name: 'geo-postgresql' enabled: true } } ");
    EXPECT_THAT(lines(seen), Contains("19.2.4/secondary-1/replicate_database c-db1"))
        << "the other has the tracking database alone";
}

TEST(PlanOfGeo, HasNoStepsWithoutItsPrimary) {
    const auto plan = plan_of(fleet_of({single_site("copy", "19.2.4", "SECONDARY", "berlin")}));
    EXPECT_THAT(plan.steps(), IsEmpty());
    EXPECT_THAT(open_points(plan), HasSubstr("no node of Geo's primary site is in this plan"));
    const auto two = plan_of(fleet_of(
        {single_site("a", "19.2.4", "PRIMARY", "london"), single_site("b", "19.2.4", "PRIMARY", "paris")}));
    EXPECT_THAT(two.steps(), IsEmpty());
    EXPECT_THAT(open_points(two), HasSubstr("more than one site is said to be Geo's primary"));
}

}  // namespace
}  // namespace preflight::readiness
