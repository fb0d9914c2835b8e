#include "readiness/way_back/steps.h"

#include <set>

#include "readiness/way_back/way_back.h"
#include "tests/readiness/way_back/returnable.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string package(std::string_view version, std::string_view more = "") {
    return installed(version,
                     "edition: EE package_version: '" + std::string(version) + "-ee.0' " + std::string(more));
}

std::string deb(std::string_view version = "19.2.4") { return package(version) + runs_on("ubuntu", "24.04"); }
std::string rpm(std::string_view version = "19.2.4") {
    return installed(version, "edition: EE package_version: '" + std::string(version) + "-ee.0.el9'") +
           runs_on("rocky", "9.4");
}

TEST(ReturnSteps, OfASingleNodeGoByTheBookOfDowngrades) {
    const auto single =
        fleet_of({node("git", deb() + roles("RAILS, SIDEKIQ, POSTGRESQL, GITALY, REDIS") + whole_backups())});
    EXPECT_THAT(
        steps(way_back(single)),
        ElementsAre("back_pause_jobs on",
                    "back_stop_application on git: gitlab-ctl stop puma; gitlab-ctl stop sidekiq",
                    "back_install_apt on git: dpkg -r gitlab-ee; apt-get install gitlab-ee=19.2.4-ee.0 "
                    "--allow-downgrades",
                    "back_configuration on git: tar -xf "
                    "/etc/gitlab/config_backup/gitlab_config_1787270400_2026_08_21.tar -C /",
                    "back_reconfigure on git: gitlab-ctl reconfigure",
                    "back_stop_application-2 on git: gitlab-ctl stop puma; gitlab-ctl stop sidekiq",
                    "back_restore on git: gitlab-backup restore BACKUP=1787270400_2026_08_21_19.2.4-ee",
                    "back_start on git: gitlab-ctl reconfigure; gitlab-ctl restart",
                    "back_analyze on git: gitlab-psql -c SET statement_timeout = 0 -c ANALYZE",
                    "back_check on git: gitlab-rake gitlab:check SANITIZE=true; gitlab-rake "
                    "gitlab:doctor:secrets",
                    "back_resume_jobs on"));
}

TEST(ReturnSteps, SayWhereTheyLeadAndWhatTheyDo) {
    const auto way = way_back(fleet_of({node("git", deb() + roles("RAILS"))}));
    const auto& hop = way.hops(0);
    EXPECT_EQ(hop.steps(2).title(), "Put the package of 19.2.4 back, on the node");
    EXPECT_EQ(hop.steps(2).to(), "19.2.4");
    EXPECT_EQ(hop.steps(2).phase(), v1::PlanStep::IN_WINDOW);
    EXPECT_EQ(words(hop.steps(2).verify()), "dpkg-query --show gitlab-ee");
    std::set<std::string> ids;
    for (const auto& step : hop.steps()) EXPECT_TRUE(ids.insert(step.id()).second) << step.id();
}

TEST(ReturnSteps, OfSeveralNodesPutClientsBackBeforeServers) {
    const auto fleet = fleet_of({
        node("consul1", rpm() + roles("CONSUL")),
        node("db1",
             rpm() + roles("PATRONI, POSTGRESQL, CONSUL") +
                 "findings { probe: 'endpoints' patroni_member { scope: 'c' name: 'db1' } } findings { "
                 "probe: 'patroni' patroni_cluster { scope: 'c' members { name: 'db1' role: 'leader' } } }"),
        node("db2", rpm() + roles("PATRONI, POSTGRESQL, CONSUL") +
                        "findings { probe: 'endpoints' patroni_member { scope: 'c' name: 'db2' } }"),
        node("gitaly1", rpm() + roles("GITALY")),
        node("pgb1", rpm() + roles("PGBOUNCER, CONSUL")),
        node("praefect1", rpm() + roles("PRAEFECT")),
        node("redis1", rpm() + roles("REDIS, SENTINEL")),
        node("side1", rpm() + roles("SIDEKIQ")),
        node("web1", rpm() + roles("RAILS")),
        node("web2", rpm() + roles("RAILS") + whole_backups()),
    });
    const auto all = steps(way_back(fleet));
    std::vector<std::string> installs;
    for (const auto& step : all) {
        if (step.starts_with("back_install")) installs.push_back(step.substr(step.find(" on ") + 4));
    }
    const std::string by = ": rpm -e gitlab-ee; dnf install gitlab-ee-19.2.4-ee.0.el9";
    EXPECT_THAT(installs, ElementsAre("side1" + by, "web1 web2" + by, "redis1" + by, "pgb1" + by,
                                      "db2 db1" + by, "praefect1" + by, "gitaly1" + by, "consul1" + by));
    EXPECT_THAT(all, Contains(AllOf(HasSubstr("back_stop_application on"), HasSubstr("side1 web1 web2"))));
    EXPECT_THAT(all, Contains(HasSubstr("back_restore on web2: ")));
    EXPECT_THAT(all, Contains(HasSubstr("back_praefect on praefect1: ")));
    EXPECT_THAT(all, Contains(HasSubstr("back_analyze on db1: ")));
    EXPECT_THAT(all, Contains("back_configuration on web2: tar -xf "
                              "/etc/gitlab/config_backup/gitlab_config_1787270400_2026_08_21.tar -C /"));
}

TEST(ReturnSteps, SpeakTheWordsOfEachWayToInstall) {
    const auto suse = installed("19.2.4", "edition: EE") + runs_on("sles", "15.6") + roles("RAILS");
    EXPECT_THAT(steps(way_back(fleet_of({node("a", suse)}))),
                Contains(HasSubstr("back_install_zypper on a: rpm -e gitlab-ee; zypper install "
                                   "gitlab-ee=19.2.4-ee.0.sles15 --oldpackage")));
    const auto foreign = installed("19.2.4", "edition: EE") + runs_on("gentoo", "2.15") + roles("RAILS");
    EXPECT_THAT(steps(way_back(fleet_of({node("a", foreign)}))), Contains("back_install_unknown on a"));
    const auto docker = steps(way_back(
        fleet_of({node("a",
                       "findings { probe: 'installation' installation { method: DOCKER version: '19.2.4' "
                       "edition: EE } } " +
                           roles("RAILS"))})));
    EXPECT_THAT(docker, Contains("back_install_docker on a: docker pull gitlab/gitlab-ee:19.2.4-ee.0; sh -c "
                                 "umask 077; docker inspect CONTAINER > CONTAINER.before.json; docker stop "
                                 "CONTAINER; docker rm CONTAINER"));
    EXPECT_THAT(docker, Contains("back_restore on a: docker exec -it CONTAINER gitlab-backup restore "
                                 "BACKUP=BACKUP"))
        << "it asks, and has to hear the answer";
}

TEST(ReturnSteps, LetAHeldPackageGoFirst) {
    const auto held = package("19.2.4", "held: true held_by: '/var/lib/dpkg/status'") +
                      runs_on("debian", "12") + roles("RAILS");
    EXPECT_THAT(steps(way_back(fleet_of({node("a", held)}))),
                Contains("back_release_package on a: apt-mark unhold gitlab-ee"));
}

std::string bundled(std::string_view major) {
    return "findings { probe: 'endpoints' postgres_server { purpose: 'main' data_directory: '/d' major: '" +
           std::string(major) + "' } } findings { probe: 'geo' geo_role { role: NOT_CONFIGURED } } " +
           ran({"settings", "installation"});
}

TEST(ReturnSteps, RevertAPostgresqlThatThePackageUpgradedByItself) {
    const auto single = [](std::string_view major) {
        return fleet_of({node("git", package("18.8.11") + runs_on("ubuntu", "22.04") +
                                         roles("RAILS, POSTGRESQL") + bundled(major))});
    };
    const auto old = steps(way_back(single("16"), to("18.11.11")));
    EXPECT_THAT(old, Contains("back_revert_postgresql on git: gitlab-ctl revert-pg-upgrade"));
    EXPECT_THAT(old[2], HasSubstr("back_revert_postgresql"));
    EXPECT_THAT(steps(way_back(single("17"), to("18.11.11"))), Not(Contains(HasSubstr("postgresql"))));
    auto kept = single("16");
    kept.nodes[0].inspection.add_findings()->mutable_marker_file()->set_path(
        "/etc/gitlab/disable-postgresql-upgrade");
    EXPECT_THAT(steps(way_back(kept, to("18.11.11"))), Not(Contains(HasSubstr("postgresql"))));
}

TEST(ReturnSteps, GoPastPgbouncer) {
    const auto fleet = fleet_of({node(
        "web1", deb() + roles("RAILS") +
                    "findings { probe: 'postgres' postgres_instance { address: 'pgb:6432' uses: 'rails main' "
                    "through_pgbouncer: true version: '17.5' } } ")});
    EXPECT_THAT(steps(way_back(fleet)),
                Contains(HasSubstr("back_restore_past_pgbouncer on web1: env "
                                   "GITLAB_BACKUP_PGHOST=POSTGRESQL_HOST GITLAB_BACKUP_PGPORT=5432 "
                                   "gitlab-backup restore BACKUP=")));
}

// Versions that pass over GITLAB_BACKUP_PGHOST.
TEST(ReturnSteps, LetTheirNodePastPgbouncerWhereNoVariableDoes) {
    const auto fleet = fleet_of({node(
        "web1", deb("16.3.9") + roles("RAILS") +
                    "findings { probe: 'postgres' postgres_instance { address: 'pgb:6432' uses: 'rails main' "
                    "through_pgbouncer: true version: '14.11' } } ")});
    const auto way = way_back(fleet, to("16.11.10"));
    EXPECT_THAT(steps(way), Contains("back_bypass_pgbouncer on web1: gitlab-ctl reconfigure"));
    EXPECT_THAT(steps(way), Contains("back_restore on web1: gitlab-backup restore BACKUP=BACKUP"));
    EXPECT_THAT(steps(way), Contains("back_end_bypass on web1: gitlab-ctl reconfigure"));
    EXPECT_THAT(steps(way), Not(Contains(HasSubstr("GITLAB_BACKUP_PGHOST"))));
    EXPECT_THAT(steps(way, 1), Contains(HasSubstr("back_restore_past_pgbouncer on web1: env")))
        << "back to 16.7.10, which heeds them";
}

std::string site(std::string_view role, std::string_view name) {
    return "findings { probe: 'geo' geo_role { role: " + std::string(role) + " site_name: '" +
           std::string(name) + "' } } ";
}

TEST(ReturnSteps, OfGeoReplicateTheSecondaryAnew) {
    const auto pair = fleet_of(
        {node("web1", deb() + roles("RAILS, POSTGRESQL") + site("PRIMARY", "frankfurt") + whole_backups()),
         node("web5", deb() + roles("RAILS, POSTGRESQL") + site("SECONDARY", "tokyo"))});
    const auto way = way_back(pair);
    const auto all = steps(way);
    EXPECT_THAT(all, Contains(HasSubstr("primary/back_restore on web1")));
    EXPECT_THAT(all, Not(Contains(HasSubstr("back_restore on web5"))));
    EXPECT_THAT(all, Contains("secondary-1/back_geo_replicate on web5: gitlab-ctl replicate-geo-database "
                              "--slot-name=SLOT --host=PRIMARY_DATABASE"));
    EXPECT_THAT(all[all.size() - 2], HasSubstr("secondary-1/back_geo_check on web5"));
    EXPECT_THAT(way.hops(0).steps(3).title(), HasSubstr("of the primary site"));
    EXPECT_THAT(way.notes(), Contains(HasSubstr("Geo: backups are made")));
}

TEST(ReturnSteps, OfGeoNeverCopyOverPatroniNorOverOneOfTwoServers) {
    const auto with = [](std::string_view with_roles) {
        const auto database = deb() + roles(with_roles) + site("SECONDARY", "tokyo");
        return steps(way_back(fleet_of({node("web1", deb() + roles("RAILS") + site("PRIMARY", "frankfurt")),
                                        node("db5", database), node("db6", database)})));
    };
    const auto cluster = with("PATRONI, POSTGRESQL");
    EXPECT_THAT(cluster, Contains("secondary-1/back_geo_replicate_patroni on db5 db6"));
    EXPECT_THAT(cluster, Not(Contains(HasSubstr("replicate-geo-database"))));
    EXPECT_THAT(with("POSTGRESQL"), Contains(HasSubstr("secondary-1/back_geo_replicate on: gitlab-ctl")));
}

TEST(ReturnSteps, NameNoCopyOfOtherSecrets) {
    const auto copy = deb() + roles("RAILS") +
                      "findings { probe: 'backups' configuration_backup { path: '/c.tar' has_secrets: true "
                      "has_gitlab_rb: true members_read: true secrets_equal: DIFFERENT } }";
    EXPECT_THAT(steps(way_back(fleet_of({node("a", copy)}))), Not(Contains(HasSubstr("/c.tar"))));
}

TEST(ReturnSteps, AreNotLostWhereTheirNodeWasNotSeen) {
    const auto database = steps(way_back(fleet_of({node("db1", deb() + roles("PATRONI, POSTGRESQL"))})));
    EXPECT_THAT(database, Contains("back_analyze on: gitlab-psql -c SET statement_timeout = 0 -c ANALYZE"));
    EXPECT_THAT(database, Contains("back_restore on: gitlab-backup restore BACKUP=BACKUP"));
}

TEST(ReturnSteps, OfALaterHopNameNoBackupThatIsNotMadeYet) {
    const auto single = fleet_of({node("git", deb("19.1.6") + roles("RAILS") + whole_backups())});
    const auto later = steps(way_back(single), 1);
    EXPECT_THAT(later, Contains(HasSubstr("back_restore on git: gitlab-backup restore BACKUP=BACKUP")));
    EXPECT_THAT(later, Contains(HasSubstr("tar -xf CONFIGURATION_BACKUP -C /")));
    EXPECT_THAT(later, Contains(HasSubstr("gitlab-ee=19.2.4-ee.0")));
}

TEST(ReturnSteps, TakeNoWordsFromHostileNames) {
    for (const std::string name :
         {"-rf _gitlab_backup.tar", "x;id_gitlab_backup.tar", "--help_gitlab_backup.tar",
          "a\nb_gitlab_backup.tar", "_gitlab_backup.tar", "{from}_gitlab_backup.tar"}) {
        auto fleet = changed(fleet_of({node("git", deb() + roles("RAILS") + whole_backups())}),
                             [&](v1::Finding& found) {
                                 if (found.has_backup_archive())
                                     found.mutable_backup_archive()->set_path("/srv/backups/" + name);
                                 if (found.has_configuration_backup())
                                     found.mutable_configuration_backup()->set_path("--to-command=id");
                                 if (found.has_installation())
                                     found.mutable_installation()->set_package_name("--purge");
                             });
        const auto all = steps(way_back(fleet));
        EXPECT_THAT(all, Contains("back_restore on git: gitlab-backup restore BACKUP=BACKUP")) << name;
        EXPECT_THAT(all, Contains("back_configuration on git: tar -xf CONFIGURATION_BACKUP -C /"));
        EXPECT_THAT(all, Contains("back_install_apt on git"));
    }
}

TEST(PointOfNoReturn, IsTheStepOfThePlanAfterWhichOnlyARestoreHelps) {
    auto fleet = returnable();
    normalise(fleet);
    const auto& knowledge = built_in_knowledge();
    const auto route = find_route(fleet, to("19.3.0"), knowledge);
    v1::Report told;
    google::protobuf::TextFormat::ParseFromString(R"(plan {
        steps { id: "19.2.4/x" to: "19.2.4" phase: IN_WINDOW reversal: RESTORE_ONLY }
        steps { id: "19.3.0/copy" to: "19.3.0" phase: BEFORE_WINDOW reversal: RESTORE_ONLY }
        steps { id: "19.3.0/stop" to: "19.3.0" phase: IN_WINDOW reversal: REVERSIBLE }
        steps { id: "19.3.0/install" to: "19.3.0" phase: IN_WINDOW reversal: RESTORE_ONLY title: "Install 19.3.0" nodes: "web1" }
        steps { id: "19.3.0/late" to: "19.3.0" phase: IN_WINDOW reversal: RESTORE_ONLY } })",
                                                  &told);
    const auto way = make_way_back(fleet, to("19.3.0"), route, knowledge, told);
    EXPECT_EQ(way.hops(0).point_step(), "19.3.0/install");
    EXPECT_THAT(
        way.hops(0).point_of_no_return(),
        HasSubstr("From the step \"Install 19.3.0\" on web1 on, only a restore leads back to 19.2.4"));
    const auto bare = make_way_back(fleet, to("19.3.0"), route, knowledge, {});
    EXPECT_THAT(bare.hops(0).point_step(), IsEmpty());
    EXPECT_THAT(bare.hops(0).point_of_no_return(), HasSubstr("first database migration of 19.3.0"));
}

TEST(WayBack, IsTheSameWhoeverReportedFirst) {
    auto fleet = returnable();
    const auto forward = way_back(fleet).SerializeAsString();
    std::ranges::reverse(fleet.nodes);
    for (auto& node : fleet.nodes) {
        auto& findings = *node.inspection.mutable_findings();
        std::reverse(findings.begin(), findings.end());
    }
    EXPECT_EQ(way_back(fleet).SerializeAsString(), forward);
}

TEST(WayBack, LeavesNoTextUnfilled) {
    for (const auto& fleet : {returnable(), fleet_of({node("a", deb("18.2.8") + roles("RAILS"))})}) {
        const auto way = way_back(fleet);
        for (const auto& hop : way.hops()) {
            EXPECT_THAT(hop.point_of_no_return(), Not(HasSubstr("{")));
            for (const auto& step : hop.steps()) {
                EXPECT_THAT(step.title() + step.why() + step.expected() + step.note(), Not(HasSubstr("{")));
            }
        }
    }
}

}  // namespace
}  // namespace preflight::readiness
