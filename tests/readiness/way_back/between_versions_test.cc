// The way back of a fleet that is half upgraded, or has more than one hop before it: what is there now serves
// only the return to what it was made on.
#include "tests/readiness/way_back/returnable.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Everything returnable, but web1 runs 19.3.0 already; `change`: whatever else of it is other.
template <typename Change>
Fleet half_upgraded(const Change& change) {
    auto fleet = returnable();
    for (auto& finding : *fleet.nodes[0].inspection.mutable_findings()) {
        if (finding.has_installation()) {
            finding.mutable_installation()->set_version("19.3.0");
            finding.mutable_installation()->set_package_version("19.3.0-ee.0");
        }
        change(finding);
    }
    return fleet;
}

void remake_on_newer(v1::Finding& finding) {
    const std::string path = "/srv/backups/1787270400_2026_08_21_19.3.0-ee_gitlab_backup.tar";
    if (finding.has_backup_archive()) {
        finding.mutable_backup_archive()->set_version("19.3.0");
        finding.mutable_backup_archive()->set_path(path);
    }
    if (finding.has_backup_proof()) {
        finding.mutable_backup_proof()->set_running_version("19.3.0-ee");
        finding.mutable_backup_proof()->set_path(path);
    }
    if (finding.has_package_cache()) finding.mutable_package_cache()->set_version("19.3.0-ee.0");
}

TEST(ReturnNeeds, AreNotProvedByWhatTheUpgradedHalfMade) {
    const auto fleet = half_upgraded(remake_on_newer);
    const auto way = way_back(fleet);
    ASSERT_EQ(way.hops_size(), 1);
    EXPECT_EQ(way.hops(0).from(), "19.2.4");
    EXPECT_EQ(state(need(way, "backup")), "MISSING");
    EXPECT_THAT(need(way, "backup").detail(), HasSubstr("is of 19.3.0-ee, the way back leads to 19.2.4-ee"));
    EXPECT_EQ(state(need(way, "storages")), "NOT_KNOWN");
    EXPECT_EQ(state(need(way, "configuration")), "NOT_KNOWN") << "its copy may be of 19.3.0 as well";
    EXPECT_EQ(state(need(way, "package")), "NOT_KNOWN");
    EXPECT_THAT(need(way, "package").nodes(), ElementsAre("web1.example.test"));
    EXPECT_THAT(need(way, "package").detail(), HasSubstr("a source is enabled"));
    const auto alone =
        without(fleet, [](const v1::Finding& finding) { return finding.has_package_source(); });
    EXPECT_EQ(state(need(way_back(alone), "package")), "MISSING");
    EXPECT_EQ(state(need(way_back(alone, with_word("old_package_at_hand")), "package")), "MISSING")
        << "the word is about what runs, which is 19.3.0 on one of them";
    const auto all = steps(way);
    EXPECT_THAT(all, Contains("back_restore on web1.example.test: gitlab-backup restore BACKUP=BACKUP"));
    EXPECT_THAT(all, Not(Contains(HasSubstr("gitlab_config_"))));
}

TEST(ReturnNeeds, AreProvedByWhatWasMadeBeforeTheFirstHalf) {
    const auto way = way_back(half_upgraded([](v1::Finding& finding) {
        if (!finding.has_backup_proof()) return;
        finding.mutable_backup_proof()->set_rung(v1::BackupProof::READ);
        finding.mutable_backup_proof()->set_running_version("19.3.0-ee");
    }));
    EXPECT_EQ(state(need(way, "backup")), "PROVED") << "what runs beside it is not what it must fit";
    EXPECT_EQ(state(need(way, "package")), "PROVED");
    EXPECT_EQ(state(need(way, "storages")), "PROVED");
    EXPECT_THAT(steps(way), Contains("back_restore on web1.example.test: gitlab-backup restore "
                                     "BACKUP=1787270400_2026_08_21_19.2.4-ee"));
}

TEST(ReturnNeeds, WantToKnowTheEditionOfTheBackup) {
    const auto open = changed(returnable(), [](v1::Finding& finding) {
        if (finding.has_backup_archive()) finding.mutable_backup_archive()->clear_edition();
    });
    EXPECT_EQ(state(need(way_back(open), "backup")), "NOT_KNOWN");
    EXPECT_THAT(steps(way_back(open)), Contains(HasSubstr("gitlab-backup restore BACKUP=BACKUP")));
}

TEST(ReturnNeeds, TakeAWordAboutWhatRunsForTheFirstHopAlone) {
    const auto two_hops =
        changed(without(returnable(), [](const v1::Finding& finding) { return finding.has_package_cache(); }),
                [](v1::Finding& finding) {
                    if (!finding.has_installation()) return;
                    finding.mutable_installation()->set_version("19.1.6");
                    finding.mutable_installation()->set_package_version("19.1.6-ee.0");
                });
    const auto package = way_back(two_hops, with_word("old_package_at_hand"));
    ASSERT_EQ(package.hops_size(), 2);
    EXPECT_EQ(state(need(package, "package")), "ATTESTED");
    EXPECT_EQ(state(need(package, "package", 1)), "MISSING");
    const auto snapshots = way_back(two_hops, with_word("snapshots_cover_every_node"));
    EXPECT_EQ(state(need(snapshots, "snapshots")), "ATTESTED");
    EXPECT_EQ(state(need(snapshots, "snapshots", 1)), "NOT_KNOWN");
}

}  // namespace
}  // namespace preflight::readiness
