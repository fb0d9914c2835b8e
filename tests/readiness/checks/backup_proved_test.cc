#include "readiness/checks/backup_proved.h"

#include "tests/readiness/losses.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr std::string_view path = "/srv/backups/1787270400_2026_08_21_19.2.4-ee_gitlab_backup.tar";

std::string proof(std::string_view more) {
    return "findings { probe: 'backups' source: '" + std::string(path) + "' backup_proof { path: '" +
           std::string(path) + "' size_bytes: 900 " + std::string(more) + " } } ";
}

FleetNode rails(const std::string& findings) {
    return node("web1", installed("19.2.4") + roles("RAILS") + ran({"backups"}) + whole_backups() + findings);
}

std::vector<v1::Verdict> of(const std::string& findings) {
    return judged(backup_proved, fleet_of({rails(findings)}));
}

constexpr std::string_view part = "members { name: 'db/database.sql.gz' kind: DUMP outcome: ";

TEST(BackupProved, IsReadyWhereItWasReadWholeAndFits) {
    const auto whole = "rung: VERSION_FITS bytes_read: 900 running_version: '19.2.4-ee'";
    EXPECT_THAT(of(proof(whole)), ElementsAre(AllOf(says(v1::READY, "proved"),
                                                    mentions("19.2.4-ee_gitlab_backup.tar was read"))));
    auto proved = rails(proof(whole));
    proved.inspection.clear_probes();  // a proof stands by itself
    expect_no_loss_is_green(backup_proved, fleet_of({proved}),
                            [](const v1::Finding& finding) { return finding.has_backup_proof(); });
}

TEST(BackupProved, GoesByTheProofThatReadMost) {
    const auto listed = proof("rung: LISTED");
    const auto begun = proof("rung: LISTED bytes_read: 300 notes: 'being read'");
    const auto torn = proof("rung: LISTED bytes_read: 900 " + std::string(part) + "TORN }");
    EXPECT_THAT(of(listed + begun + torn), ElementsAre(says(v1::BLOCKER, "corrupt")));
    EXPECT_THAT(of(torn + listed), ElementsAre(says(v1::BLOCKER, "corrupt")));
    EXPECT_THAT(of(listed + begun), ElementsAre(says(v1::UNKNOWN, "not_read_to_end")));
}

TEST(BackupProved, BlocksEveryFaultOfAPart) {
    for (const auto* fault :
         {"EMPTY", "TORN", "CORRUPT", "WRONG_CHECKSUM", "TRAILING_GARBAGE", "NO_CLOSING_LINE"}) {
        EXPECT_THAT(of(proof("rung: LISTED bytes_read: 900 " + std::string(part) + fault + " }")),
                    ElementsAre(AllOf(says(v1::BLOCKER, "corrupt"), mentions("db/database.sql.gz"))))
            << fault;
    }
}

TEST(BackupProved, WarnsOfWhatNobodyAskedToRead) {
    EXPECT_THAT(of(proof("rung: LISTED")), ElementsAre(says(v1::WARNING, "not_read")));
}

TEST(BackupProved, TellsPartsThatAreMissingFromAListThatEndsTooEarly) {
    EXPECT_THAT(of(proof("rung: EXISTS tasks_missing: 'uploads'")),
                ElementsAre(AllOf(says(v1::BLOCKER, "parts_missing"), mentions("uploads"))));
    EXPECT_THAT(of(proof("rung: EXISTS")), ElementsAre(says(v1::UNKNOWN, "not_listed")));
    EXPECT_THAT(of(proof("rung: NONE")), ElementsAre(says(v1::UNKNOWN, "not_listed")));
    EXPECT_THAT(of(proof("rung: 77")), ElementsAre(says(v1::UNKNOWN, "not_listed")));
}

TEST(BackupProved, BlocksOneThatDoesNotFit) {
    EXPECT_THAT(of(proof("rung: READ bytes_read: 900 running_version: '19.3.0-ee'")),
                ElementsAre(says(v1::BLOCKER, "other_version")));
    EXPECT_THAT(of(proof("rung: READ bytes_read: 900")), ElementsAre(says(v1::UNKNOWN, "running_unseen")));
}

TEST(BackupProved, WarnsOfStoragesThatAreNotInIt) {
    EXPECT_THAT(of(proof("rung: LISTED storages_shown: true storages_missing: 'second'")),
                UnorderedElementsAre(says(v1::WARNING, "not_read"), says(v1::WARNING, "storages_missing")));
    EXPECT_THAT(of(proof("rung: LISTED storages_missing: 'second'")),
                ElementsAre(says(v1::WARNING, "not_read")));
}

TEST(BackupProved, IsUnknownWhereAPartCouldNotBeJudged) {
    EXPECT_THAT(of(proof("rung: LISTED bytes_read: 900 " + std::string(part) + "NOT_GZIP }")),
                ElementsAre(says(v1::UNKNOWN, "not_proved")));
}

TEST(BackupProved, IsUnknownWithoutProofOrArchive) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(backup_proved, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "no_archive")));
    EXPECT_THAT(judged(backup_proved, Fleet{}), ElementsAre(says(v1::UNKNOWN, "no_archive")));
}

TEST(BackupProved, DoesNotApplyWhereThereIsNone) {
    const auto none =
        "findings { probe: 'backups' backup_settings { path: '/srv/backups' path_present: true } } ";
    EXPECT_THAT(judged(backup_proved, fleet_of({node("web1", roles("RAILS") + ran({"backups"}) + none)})),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_backup")));
}

}  // namespace
}  // namespace preflight::readiness
