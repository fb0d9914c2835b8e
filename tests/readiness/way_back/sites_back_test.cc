// The way back of sites without the package's commands, with a database elsewhere, and of Geo's secondaries.
#include "tests/readiness/way_back/returnable.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string deb() {
    return installed("19.2.4", "edition: EE package_version: '19.2.4-ee.0'") + runs_on("ubuntu", "24.04");
}

std::string made(std::string_view method) {
    return "findings { probe: 'installation' installation { method: " + std::string(method) +
           " version: '19.2.4' edition: EE } } ";
}

std::string site(std::string_view role, std::string_view name) {
    return "findings { probe: 'geo' geo_role { role: " + std::string(role) + " site_name: '" +
           std::string(name) + "' } } ";
}

constexpr auto analyze_outside =
    "back_analyze_external on: psql --host POSTGRESQL_HOST --username gitlab --dbname gitlabhq_production "
    "-c SET statement_timeout = 0 -c ANALYZE";

const v1::PlanStep& step(const v1::WayBack& way, std::string_view id) {
    const auto found = std::ranges::find_if(way.hops(0).steps(),
                                            [id](const v1::PlanStep& one) { return one.id().ends_with(id); });
    if (found == way.hops(0).steps().end()) throw std::invalid_argument("no step " + std::string(id));
    return *found;
}

TEST(ReturnSteps, OfGitlabFromSourceAreAPersonsWork) {
    EXPECT_THAT(
        steps(way_back(fleet_of({node("a", made("SELF_COMPILED") + roles("RAILS") + whole_backups())}))),
        ElementsAre(
            "back_pause_jobs on", "back_stop_self_compiled on a: systemctl stop gitlab-puma gitlab-sidekiq",
            "back_install_self_compiled on a", "back_configuration_self_compiled on a",
            "back_restore_self_compiled on a: sudo -u git -H bundle exec rake gitlab:backup:restore "
            "RAILS_ENV=production BACKUP=1787270400_2026_08_21_19.2.4-ee",
            "back_start_self_compiled on a: systemctl restart gitlab.target", analyze_outside,
            "back_check_self_compiled on a: sudo -u git -H bundle exec rake gitlab:check SANITIZE=true "
            "RAILS_ENV=production; sudo -u git -H bundle exec rake gitlab:doctor:secrets "
            "RAILS_ENV=production",
            "back_resume_jobs on"));
}

TEST(ReturnSteps, OfPodsRestoreFromTheToolbox) {
    const std::string scale_down =
        " on a: kubectl scale deploy --namespace NAMESPACE --selector release=RELEASE,app in "
        "(prometheus,webservice,sidekiq) --replicas=0";
    const std::string in_toolbox = "kubectl exec TOOLBOX_POD --namespace NAMESPACE -it -- ";
    EXPECT_THAT(
        steps(way_back(fleet_of({node("a", made("CLOUD_NATIVE") + roles("RAILS"))}))),
        ElementsAre(
            "back_pause_jobs on", "back_stop_cloud_native" + scale_down,
            "back_install_cloud_native on a: helm history RELEASE --namespace NAMESPACE; helm rollback "
            "RELEASE REVISION --namespace NAMESPACE",
            "back_stop_cloud_native-2" + scale_down,
            "back_restore_cloud_native on a: " + in_toolbox + "backup-utility --restore -t BACKUP",
            "back_start_cloud_native on a: kubectl scale deploy --namespace NAMESPACE DEPLOYMENT "
            "--replicas=REPLICAS",
            analyze_outside,
            "back_check_cloud_native on a: " + in_toolbox + "gitlab-rake gitlab:check SANITIZE=true; " +
                in_toolbox + "gitlab-rake gitlab:doctor:secrets",
            "back_resume_jobs on"));
}

TEST(ReturnSteps, RestoreFromTheToolboxBesidePackagesThatOnlyServe) {
    const auto all = steps(way_back(
        fleet_of({node("a", made("CLOUD_NATIVE") + roles("RAILS")), node("db1", deb() + roles("POSTGRESQL")),
                  node("gitaly1", deb() + roles("GITALY"))})));
    EXPECT_THAT(all, Contains(StartsWith("back_restore_cloud_native on a: ")));
    EXPECT_THAT(all, Not(Contains(HasSubstr("gitlab-backup"))));
    EXPECT_THAT(all, Contains(StartsWith("back_analyze on db1: ")));
    EXPECT_THAT(all, Not(Contains(HasSubstr("back_analyze_external"))));
}

TEST(ReturnSteps, RenewTheStatisticsOfADatabaseElsewhere) {
    const auto way = way_back(fleet_of({node("web1", deb() + roles("RAILS"))}));
    EXPECT_THAT(steps(way), Contains(analyze_outside));
    EXPECT_THAT(step(way, "back_analyze_external").title(),
                HasSubstr("on the PostgreSQL server, which no node that was seen runs"));
}

TEST(ReturnSteps, SayWhereItIsOpenWhetherPgbouncerStandsBetween) {
    const auto open = way_back(fleet_of({node("web1", deb() + roles("RAILS"))}));
    EXPECT_THAT(open.notes(), Contains(HasSubstr("through PgBouncer was not seen")));
    EXPECT_THAT(step(open, "back_restore").note(), HasSubstr("GITLAB_BACKUP_PGHOST"));
    const auto seen = way_back(returnable());
    EXPECT_THAT(seen.notes(), Not(Contains(HasSubstr("PgBouncer"))));
    EXPECT_THAT(step(seen, "back_restore").note(), Not(HasSubstr("PgBouncer")));
}

Fleet pair(std::string_view roles_of_secondary) {
    return fleet_of(
        {node("web1", deb() + roles("RAILS, POSTGRESQL") + site("PRIMARY", "frankfurt") + whole_backups()),
         node("web5", deb() + roles(roles_of_secondary) + site("SECONDARY", "tokyo"))});
}

TEST(ReturnSteps, OfGeoStopTheSecondaryBeforeThePrimaryIsRestored) {
    std::vector<std::string> order;
    for (const auto& line : steps(way_back(pair("RAILS, POSTGRESQL")))) {
        const auto id = line.substr(0, line.find(" on"));
        if (id.starts_with("secondary-1/") || id == "primary/back_restore" || id == "primary/back_check")
            order.push_back(id);
    }
    EXPECT_THAT(
        order,
        ElementsAre("secondary-1/back_geo_stop", "secondary-1/back_geo_pause", "primary/back_restore",
                    "primary/back_check", "secondary-1/back_install_apt", "secondary-1/back_configuration",
                    "secondary-1/back_reconfigure", "secondary-1/back_geo_stop-2",
                    "secondary-1/back_geo_resume", "secondary-1/back_geo_replicate",
                    "secondary-1/back_geo_tracking", "secondary-1/back_start", "secondary-1/back_geo_check"));
    EXPECT_THAT(steps(way_back(pair("RAILS, POSTGRESQL"))),
                Contains("secondary-1/back_geo_stop on web5: gitlab-ctl stop puma; gitlab-ctl stop sidekiq; "
                         "gitlab-ctl stop geo-logcursor"));
}

TEST(ReturnSteps, OfGeoReplicateOnlyWhatDoesNotFollow) {
    const auto way = way_back(pair("RAILS, POSTGRESQL"));
    EXPECT_THAT(step(way, "back_geo_replicate").title(), StartsWith("Only where the copy does not follow"));
    EXPECT_THAT(step(way, "back_geo_replicate").why(), HasSubstr("a copy that streams follows it"));
    EXPECT_THAT(way.notes(), Contains(HasSubstr("only where it does not")));
}

TEST(ReturnSteps, OfGeoSetTheTrackingDatabaseUpAnew) {
    const std::string anew =
        ": gitlab-rake db:drop:geo DISABLE_DATABASE_ENVIRONMENT_CHECK=1; gitlab-ctl reconfigure; gitlab-rake "
        "db:migrate:geo";
    const auto way = way_back(pair("RAILS, POSTGRESQL"));
    EXPECT_THAT(steps(way), Contains("secondary-1/back_geo_tracking on web5" + anew));
    EXPECT_THAT(step(way, "back_geo_tracking").note(), HasSubstr("everything is verified again"));
    EXPECT_THAT(steps(way_back(pair("POSTGRESQL"))), Contains("secondary-1/back_geo_tracking on" + anew))
        << "no Rails node of the site was seen";
}

TEST(ReturnSteps, OfGeoLeaveACopyElsewhereToAPerson) {
    const auto all = steps(way_back(pair("RAILS")));
    EXPECT_THAT(all, Contains("secondary-1/back_geo_replicate_external on"));
    EXPECT_THAT(all, Not(Contains(HasSubstr("geo-replication-pause")))) << "it works on the package's server";
    EXPECT_THAT(all, Not(Contains(HasSubstr("replicate-geo-database"))));
}

TEST(WayBack, LeavesNoTextOfASiteUnfilled) {
    for (const auto& fleet : {pair("RAILS, POSTGRESQL"), pair("RAILS"), pair("PATRONI, POSTGRESQL"),
                              fleet_of({node("a", made("SELF_COMPILED") + roles("RAILS"))}),
                              fleet_of({node("a", made("CLOUD_NATIVE") + roles("RAILS"))})}) {
        const auto way = way_back(fleet);
        for (const auto& one : way.hops(0).steps()) {
            EXPECT_THAT(one.title() + one.why() + one.expected() + one.note(), Not(HasSubstr("{")));
            EXPECT_THAT(one.title(), Not(HasSubstr("back_"))) << "without a text of its own";
        }
    }
}

}  // namespace
}  // namespace preflight::readiness
