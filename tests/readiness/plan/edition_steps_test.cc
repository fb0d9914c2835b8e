// Community Edition that is to become Enterprise Edition: behind the last hop, of the same version.
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Upgrade to_enterprise(std::string_view target) {
    auto upgrade = to(target);
    upgrade.edition = v1::EE;
    return upgrade;
}

// The same nodes with Community Edition.
Fleet of_community(Fleet fleet) {
    for (auto& node : fleet.nodes) {
        for (auto& finding : *node.inspection.mutable_findings()) {
            if (!finding.has_installation() || finding.installation().method() == v1::Installation::NONE)
                continue;
            finding.mutable_installation()->set_edition(v1::CE);
            finding.mutable_installation()->set_package_name("gitlab-ce");
        }
    }
    return fleet;
}

TEST(EditionSteps, ComeBehindTheLastHopBetweenTwoBackups) {
    const auto plan = plan_of(of_community(fleet_of({single_node("19.2.4")})), to_enterprise("19.3.0"));
    EXPECT_THAT(commands(step(plan, "19.3.0/install_single")),
                Contains("apt-get install gitlab-ce=19.3.0-ce.0"))
        << "until then the edition that runs";
    EXPECT_THAT(lines(plan, Phase::AFTER, ""),
                ElementsAre("after/finish_background gitlab", "after/configuration_backup gitlab",
                            "after/full_backup gitlab", "after/change_edition gitlab",
                            "after/check_after gitlab", "after/configuration_backup-2 gitlab",
                            "after/full_backup-2 gitlab", "after/inspect_again"));
    const auto& change = step(plan, "after/change_edition");
    EXPECT_EQ(change.title(), "Install gitlab-ee 19.3.0 over gitlab-ce of the same version on gitlab");
    EXPECT_THAT(commands(change), ElementsAre("apt-get update", "apt-get install gitlab-ee=19.3.0-ee.0"));
    EXPECT_EQ(change.reversal(), v1::PlanStep::RESTORE_ONLY);
    EXPECT_THAT(open_points(plan), Not(HasSubstr("edition")));
}

TEST(EditionSteps, AreNoneWhereNobodyWantsThemOrEnterpriseEditionRuns) {
    const auto kept = plan_of(of_community(fleet_of({single_node("19.2.4")})), to("19.3.0"));
    EXPECT_THAT(lines(kept), Each(Not(HasSubstr("change_edition"))));
    const auto there = plan_of(fleet_of({single_node("19.2.4")}), to_enterprise("19.3.0"));
    EXPECT_THAT(lines(there), Each(Not(HasSubstr("change_edition"))));
}

TEST(EditionSteps, OfSeveralNodesGoInTheOrderOfAHop) {
    const auto plan = plan_of(of_community(several_nodes("19.2.4")), to_enterprise("19.3.0"));
    EXPECT_THAT(from_to(lines(plan, Phase::AFTER, ""), "after/stop_sidekiq", "after/check_after"),
                ElementsAre("after/stop_sidekiq job1", "after/stop_puma web1 web2",
                            "after/change_edition consul1 consul2 gitaly1 db1 pgb1 redis1",
                            "after/change_edition-2 web1", "after/change_edition-3 job1 mon1 web2",
                            "after/start_application job1 web1 web2", "after/check_after web1"));
    EXPECT_TRUE(step(plan, "after/change_edition").one_by_one());
}

TEST(EditionSteps, LetTheNodeThatMigratesPastPgbouncer) {
    const auto plan = plan_of(of_community(behind_pgbouncer("19.2.4")), to_enterprise("19.3.0"));
    EXPECT_THAT(from_to(lines(plan, Phase::AFTER, ""), "after/bypass_pgbouncer", "after/back_to_pgbouncer"),
                ElementsAre("after/bypass_pgbouncer web1", "after/change_edition-2 web1",
                            "after/back_to_pgbouncer web1"));
}

TEST(EditionSteps, AloneAreAPlanOfTheirOwn) {
    const auto plan = plan_of(of_community(fleet_of({single_node("19.3.0")})), to_enterprise("19.3.0"));
    EXPECT_EQ(plan.manner(), v1::Plan::SINGLE_NODE);
    EXPECT_THAT(lines(plan), ElementsAre("before/configuration_backup gitlab", "before/full_backup gitlab",
                                         "after/change_edition gitlab", "after/check_after gitlab",
                                         "after/configuration_backup gitlab", "after/full_backup gitlab",
                                         "after/inspect_again"));
    EXPECT_THAT(plan_of(fleet_of({single_node("19.3.0")}), to_enterprise("19.3.0")).steps(), IsEmpty());
}

TEST(EditionSteps, AreSaidAsGitLabIsInstalled) {
    const auto of = [](std::string_view method) {
        const auto one =
            node("gitlab", "findings { probe: 'installation' installation { method: " + std::string(method) +
                               " version: '19.2.4' edition: CE } } " + roles("RAILS, SIDEKIQ") + sees_all() +
                               no_geo());
        return plan_of(fleet_of({one}), to_enterprise("19.3.0"));
    };
    EXPECT_THAT(commands(step(of("DOCKER"), "after/install_docker")),
                Contains("docker pull gitlab/gitlab-ee:19.3.0-ee.0"));
    for (const auto* method : {"CLOUD_NATIVE", "SELF_COMPILED"}) {
        EXPECT_THAT(lines(of(method)), Contains("after/change_edition_by_hand gitlab")) << method;
    }
}

TEST(EditionSteps, SayWhereTheWordsAreNotKnown) {
    const auto unknown =
        node("gitlab", installed("19.2.4", "edition: CE") + roles("RAILS") + sees_all() + no_geo());
    const auto plan = plan_of(of_community(fleet_of({unknown})), to_enterprise("19.3.0"));
    EXPECT_THAT(step(plan, "after/change_edition").commands(), IsEmpty());
    EXPECT_THAT(open_points(plan), HasSubstr("With which words the package is installed on gitlab"));
}

}  // namespace
}  // namespace preflight::readiness
