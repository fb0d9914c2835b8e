#include "readiness/checks/backup_version.h"

#include "tests/readiness/fleet_builder.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

// The archive is of 19.2.4-ee.
Fleet running(std::string_view version, std::string_view fields = "edition: EE") {
    return fleet_of({node("web1", installed(version, fields) + roles("RAILS") + whole_backups())});
}

TEST(BackupVersion, IsReadyOnlyForExactlyTheRunningVersionAndEdition) {
    EXPECT_THAT(judged(backup_version, running("19.2.4")),
                ElementsAre(AllOf(says(v1::READY, "same"), mentions("19.2.4-ee runs"))));
}

TEST(BackupVersion, BlocksAnotherVersionOrEdition) {
    EXPECT_THAT(judged(backup_version, running("19.3.0")),
                ElementsAre(AllOf(says(v1::BLOCKER, "other_version"), on(Names{"web1"}))));
    EXPECT_THAT(judged(backup_version, running("19.2.4", "edition: CE")),
                ElementsAre(says(v1::BLOCKER, "other_edition")));
}

TEST(BackupVersion, BlocksAnotherPatch) {
    EXPECT_THAT(judged(backup_version, running("19.2.1")), ElementsAre(says(v1::BLOCKER, "other_patch")));
}

TEST(BackupVersion, ComparesWithRailsNodesAndNotWithOthers) {
    auto fleet = running("19.2.4");
    fleet.nodes.push_back(node("gitaly1", installed("19.2.1") + roles("GITALY")));
    EXPECT_THAT(judged(backup_version, fleet), ElementsAre(says(v1::READY, "same")));
}

TEST(BackupVersion, IsUnknownWhereRailsNodesDiffer) {
    auto fleet = running("19.2.4");
    fleet.nodes.push_back(node("web2", installed("19.2.1") + roles("RAILS")));
    EXPECT_THAT(judged(backup_version, fleet), ElementsAre(says(v1::UNKNOWN, "mixed")));
}

TEST(BackupVersion, IsUnknownWhereOneSideWasNotSeen) {
    EXPECT_THAT(judged(backup_version, running("")), ElementsAre(says(v1::UNKNOWN, "running_unseen")));
    EXPECT_THAT(judged(backup_version, running("19.2.4", "")),
                ElementsAre(says(v1::UNKNOWN, "edition_unseen")));
    EXPECT_THAT(judged(backup_version, Fleet{}), ElementsAre(says(v1::UNKNOWN, "no_archive")));
    auto fleet = running("19.2.4");
    for (auto& finding : *fleet.nodes[0].inspection.mutable_findings()) {
        if (finding.has_backup_archive()) finding.mutable_backup_archive()->clear_version();
    }
    EXPECT_THAT(judged(backup_version, fleet), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(BackupVersion, LeavesAMissingBackupToTheCheckThatBlocks) {
    const auto fleet = fleet_of({node(
        "web1",
        installed("19.2.4") + roles("RAILS") +
            "findings { probe: 'backups' backup_settings { path: '/srv/backups' path_present: true } }")});
    EXPECT_THAT(judged(backup_version, fleet), ElementsAre(says(v1::NOT_APPLICABLE, "no_backup")));
}

}  // namespace
}  // namespace preflight::readiness
