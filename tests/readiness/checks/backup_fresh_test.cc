#include "readiness/checks/backup_fresh.h"

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

Fleet with_archive(std::string_view archive_more) {
    return fleet_of({node("web1", installed("19.2.4") + roles("RAILS") + whole_backups(archive_more))});
}

std::vector<v1::Verdict> at(std::string_view now) {
    auto upgrade = to("19.3.0");
    upgrade.at = time_of(now);
    return judged(backup_fresh, with_archive(""), upgrade);  // made at 2026-08-21T02:00:00Z
}

TEST(BackupFresh, IsReadyUpToTheLimit) {
    EXPECT_THAT(at("2026-08-21T12:00:00Z"),
                ElementsAre(AllOf(says(v1::READY, "fresh"), mentions("10 h old"))));
    EXPECT_THAT(at("2026-08-22T02:00:00Z"), ElementsAre(says(v1::READY, "fresh")));
}

TEST(BackupFresh, WarnsPastTheLimit) {
    EXPECT_THAT(at("2026-08-22T02:00:01Z"),
                ElementsAre(AllOf(says(v1::WARNING, "stale"), on(Names{"web1"}))));
    EXPECT_THAT(at("2026-09-20T02:00:00Z"), ElementsAre(mentions("30 days old, the limit is 24 h")));
}

TEST(BackupFresh, TakesTheLimitFromTheSettings) {
    auto upgrade = to("19.3.0");
    upgrade.backup_age_limit = std::chrono::hours(2);
    EXPECT_THAT(judged(backup_fresh, with_archive(""), upgrade), ElementsAre(says(v1::WARNING, "stale")));
}

TEST(BackupFresh, IsUnknownWhereTheTimeIsNotToBeTrusted) {
    EXPECT_THAT(at("2026-08-20T02:00:00Z"), ElementsAre(says(v1::UNKNOWN, "future")));
    auto fleet = with_archive("");
    for (auto& finding : *fleet.nodes[0].inspection.mutable_findings()) {
        if (finding.has_backup_archive())
            finding.mutable_backup_archive()->mutable_created_at()->set_seconds(INT64_MIN);
    }
    EXPECT_THAT(judged(backup_fresh, fleet), ElementsAre(says(v1::UNKNOWN, "no_time")));
}

TEST(BackupFresh, IsUnknownWhereNoBackupWasSeen) {
    EXPECT_THAT(judged(backup_fresh, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(BackupFresh, LeavesAMissingBackupToTheCheckThatBlocks) {
    const auto fleet = fleet_of({node(
        "web1",
        installed("19.2.4") + roles("RAILS") +
            "findings { probe: 'backups' backup_settings { path: '/srv/backups' path_present: true } }")});
    EXPECT_THAT(judged(backup_fresh, fleet), ElementsAre(says(v1::NOT_APPLICABLE, "no_backup")));
}

}  // namespace
}  // namespace preflight::readiness
