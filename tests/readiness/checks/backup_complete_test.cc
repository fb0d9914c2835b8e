#include "readiness/checks/backup_complete.h"

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

// A Rails node whose backup folder was seen, with what is given in it.
Fleet with_backups(const std::string& backups, std::string_view settings = "") {
    return fleet_of({node(
        "web1", installed("19.2.4") + roles("RAILS") +
                    "findings { probe: 'backups' backup_settings { path: '/srv/backups' path_present: true " +
                    std::string(settings) + " } } " + backups)});
}

std::string archive(std::string_view fields) {
    return "findings { probe: 'backups' source: '/srv/backups' backup_archive { path: "
           "'/srv/backups/a_gitlab_backup.tar' "
           "created_at {at 2026-08-21T02:00:00Z} version: '19.2.4' edition: EE " +
           std::string(fields) + " } } ";
}

// Every task but db and repositories, and but the registry.
constexpr std::string_view files =
    "members: ['uploads', 'builds', 'artifacts', 'pages', 'lfs', 'terraform_state', 'packages', "
    "'ci_secure_files', 'external_diffs'] ";
const std::string whole =
    "kind: TAR manifest_read: true complete_end: true members: ['db', 'repositories'] " + std::string(files);

TEST(BackupComplete, IsReadyWithAFullArchive) {
    EXPECT_THAT(judged(backup_complete, with_archive("")),
                ElementsAre(AllOf(says(v1::READY, "full"), on(Names{"web1"}))));
    EXPECT_THAT(judged(backup_complete, with_archive("skipped: ['tar', 'remote']")),
                ElementsAre(says(v1::READY, "full")));
}

TEST(BackupComplete, SaysThatImagesOfTheRegistryAreNotInIt) {
    EXPECT_THAT(judged(backup_complete, with_backups(archive(whole + "skipped: 'registry'"))),
                ElementsAre(AllOf(says(v1::READY, "full"), mentions("without registry images")),
                            says(v1::NOTE, "without_registry")));
}

TEST(BackupComplete, IsUnknownWhereATaskIsNeitherInTheArchiveNorLeftOut) {
    const auto only = [](std::string_view members) {
        return judged(backup_complete,
                      with_backups(archive("kind: TAR manifest_read: true complete_end: true members: [" +
                                           std::string(members) + "]")))
            .front();
    };
    EXPECT_THAT(
        only("'db', 'repositories', 'registry'"),
        AllOf(says(v1::UNKNOWN, "parts_left_out"),
              mentions("has no artifacts, builds, ci_secure_files, external_diffs, lfs, packages, pages, "
                       "terraform_state, uploads")));
}

// External diffs are backed up from 17.1 on, secure files from 15.2 on.
TEST(BackupComplete, AsksNoArchiveForTasksThatItsVersionDidNotHave) {
    auto fleet = with_archive("");
    for (auto& finding : *fleet.nodes[0].inspection.mutable_findings()) {
        if (!finding.has_backup_archive()) continue;
        finding.mutable_backup_archive()->set_version("15.1.6");
        finding.mutable_backup_archive()->mutable_members()->RemoveLast();
        finding.mutable_backup_archive()->mutable_members()->RemoveLast();
    }
    EXPECT_THAT(judged(backup_complete, fleet), ElementsAre(says(v1::READY, "full")));
}

TEST(BackupComplete, BlocksWhereTheOnlyArchiveIsTorn) {
    const std::string torn =
        "findings { probe: 'backups' source: '/srv/backups/a_gitlab_backup.tar' gap { cause: MALFORMED } } ";
    const auto fields = "kind: TAR manifest_read: true members: ['db', 'repositories']";
    EXPECT_THAT(judged(backup_complete, with_backups(archive(fields) + torn)),
                ElementsAre(AllOf(says(v1::BLOCKER, "not_full"), mentions("is truncated"))));
    const std::string stopped =
        "findings { probe: 'backups' source: '/srv/backups/a_gitlab_backup.tar' gap { cause: TIMED_OUT } } ";
    EXPECT_THAT(judged(backup_complete, with_backups(archive(fields) + stopped)),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unread"), mentions("to its end"))));
}

TEST(BackupComplete, IsUnknownWhereTheBackupPathIsNotThere) {
    const auto fleet = fleet_of(
        {node("web1", installed("19.2.4") + roles("RAILS") +
                          "findings { probe: 'backups' backup_settings { path: '/mnt/backups' } }")});
    EXPECT_THAT(judged(backup_complete, fleet),
                ElementsAre(AllOf(says(v1::UNKNOWN, "path_missing"), mentions("not mounted?"))));
}

TEST(BackupComplete, BlocksWithoutAnyBackup) {
    EXPECT_THAT(judged(backup_complete, with_backups("")),
                ElementsAre(AllOf(says(v1::BLOCKER, "none"), on(Names{"web1"}))));
}

TEST(BackupComplete, DoesNotCountADatabaseOnlyArchive) {
    const auto automatic = archive(
        "kind: TAR manifest_read: true complete_end: true members: 'db' skipped: ['repositories', 'uploads', "
        "'lfs']");
    EXPECT_THAT(judged(backup_complete, with_backups(automatic)),
                ElementsAre(AllOf(says(v1::BLOCKER, "not_full"), mentions("leaves out repositories"))));
}

TEST(BackupComplete, DoesNotCountATornOrPartialArchive) {
    const auto reason = [](std::string_view fields) {
        return judged(backup_complete, with_backups(archive(fields))).front();
    };
    EXPECT_THAT(reason("kind: TAR manifest_read: true members: ['db', 'repositories']"),
                AllOf(says(v1::BLOCKER, "not_full"), mentions("is truncated")));
    EXPECT_THAT(reason("kind: TAR manifest_read: true complete_end: true members: 'db'"),
                AllOf(says(v1::BLOCKER, "not_full"), mentions("no repositories")));
    EXPECT_THAT(
        reason("kind: TAR manifest_read: true complete_end: true skipped: 'db' members: 'repositories'"),
        mentions("leaves out db"));
    EXPECT_THAT(reason(whole + "partial_repositories: true"), mentions("only some of the repositories"));
    EXPECT_THAT(reason("kind: DIRECTORY manifest_read: true members: ['db', 'repositories']"),
                mentions("interrupted"));
}

TEST(BackupComplete, CountsADirectoryThatWasMeantAsOne) {
    const auto directory = archive(
        "kind: DIRECTORY manifest_read: true skipped: 'tar' members: ['db', 'repositories', 'registry'] " +
        std::string(files));
    EXPECT_THAT(judged(backup_complete, with_backups(directory)), ElementsAre(says(v1::READY, "full")));
}

TEST(BackupComplete, PrefersAnOlderFullArchiveToANewerOneThatIsNot) {
    const auto older =
        "findings { backup_archive { path: '/srv/backups/old_gitlab_backup.tar' created_at {at "
        "2026-08-19T02:00:00Z} " +
        whole + "members: 'registry' } } ";
    const auto newer =
        archive("kind: TAR manifest_read: true complete_end: true members: 'db' skipped: 'repositories'");
    EXPECT_THAT(judged(backup_complete, with_backups(newer + older)),
                ElementsAre(AllOf(says(v1::READY, "full"), mentions("old_gitlab_backup.tar"))));
}

TEST(BackupComplete, IsUnknownWherePartsMayLieInObjectStorage) {
    EXPECT_THAT(judged(backup_complete, with_archive("skipped: ['uploads', 'lfs']")),
                ElementsAre(AllOf(says(v1::UNKNOWN, "parts_left_out"), mentions("lfs, uploads"))));
}

TEST(BackupComplete, IsUnknownWhereTheArchiveCouldNotBeRead) {
    EXPECT_THAT(judged(backup_complete, with_backups(archive("kind: TAR complete_end: true"))),
                ElementsAre(says(v1::UNKNOWN, "unread")));
}

TEST(BackupComplete, IsUnknownWhereBackupsAreUploaded) {
    const auto fleet = with_backups("", "upload_provider: 'Google' upload_directory: 'b-backups'");
    EXPECT_THAT(judged(backup_complete, fleet),
                ElementsAre(AllOf(says(v1::UNKNOWN, "in_bucket"), mentions("uploaded to b-backups"))));
}

TEST(BackupComplete, IsUnknownForACloudNativeInstance) {
    const auto fleet = fleet_of({node(
        "k8s", "findings { installation { method: CLOUD_NATIVE version: '19.2.4' } }" + roles("RAILS"))});
    EXPECT_THAT(judged(backup_complete, fleet), ElementsAre(says(v1::UNKNOWN, "cloud_native")));
}

TEST(BackupComplete, IsUnknownWhereARailsNodeCouldNotBeSeen) {
    EXPECT_THAT(judged(backup_complete, with_backups(gap("backups", "cause: DENIED"))),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"web1"}))));
    EXPECT_THAT(judged(backup_complete, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(backup_complete, fleet_of({whole_gitaly()})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(backup_complete, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

std::string bucket_for(std::string_view purpose) {
    return "findings { probe: 'external_services' source: 'gitlab.yml' external_service { kind: "
           "'object_storage' purpose: '" +
           std::string(purpose) + "' } } ";
}

Upgrade with_word_on_buckets(std::string_view until) {
    auto upgrade = to("19.3.0");
    auto& word = *upgrade.acceptances.add_attestations();
    word.set_id("a-1");
    word.set_statement("object_storage_backed_up");
    *word.mutable_made_at() = time_of("2026-08-01T00:00:00Z");
    *word.mutable_expires_at() = time_of(until);
    return upgrade;
}

TEST(BackupComplete, IsUnknownWhereFilesLieInObjectStorage) {
    const auto fleet = with_backups(archive(whole + "members: 'registry'") + bucket_for("uploads") +
                                    bucket_for("lfs") + bucket_for("backups") + bucket_for("registry"));
    const auto open = judged(backup_complete, fleet);
    ASSERT_THAT(open, ElementsAre(AllOf(says(v1::UNKNOWN, "in_object_storage"),
                                        mentions("in no archive: lfs, uploads, in object storage"),
                                        Not(mentions("everything")))));
    for (const auto& evidence : open[0].evidence())
        EXPECT_EQ(evidence.what().find("everything"), std::string::npos);
    EXPECT_THAT(judged(backup_complete, fleet, with_word_on_buckets("2026-09-01T00:00:00Z")),
                ElementsAre(AllOf(says(v1::READY, "full"), mentions("in no archive: lfs, uploads"))));
    EXPECT_THAT(judged(backup_complete, fleet, with_word_on_buckets("2026-08-02T00:00:00Z")),
                ElementsAre(says(v1::UNKNOWN, "in_object_storage")));
    EXPECT_THAT(
        judged(backup_complete, with_backups(archive(whole) + bucket_for("all"))).front(),
        AllOf(says(v1::UNKNOWN, "in_object_storage"), mentions("every type of file that has a bucket")));
    const auto unused = bucket_for("backups") + bucket_for("registry");
    EXPECT_THAT(judged(backup_complete, with_backups(archive(whole + "members: 'registry'") + unused)),
                ElementsAre(AllOf(says(v1::READY, "full"), mentions("holds everything"))));
}

TEST(BackupComplete, IsUnknownWhereTheUseOfObjectStorageWasNotSeen) {
    const auto fleet =
        with_backups(archive(whole + "members: 'registry'") + gap("external_services", "cause: DENIED"));
    EXPECT_THAT(judged(backup_complete, fleet), ElementsAre(says(v1::UNKNOWN, "buckets_unseen")));
    EXPECT_THAT(judged(backup_complete, fleet, with_word_on_buckets("2026-09-01T00:00:00Z")),
                ElementsAre(says(v1::READY, "full")));
}

TEST(BackupComplete, IsUnknownWhereTheRepositoriesLieInABucket) {
    const auto server_side = archive(
        "kind: TAR manifest_read: true complete_end: true members: ['db', 'registry'] "
        "repositories_server_side: true " +
        std::string(files));
    EXPECT_THAT(judged(backup_complete, with_backups(server_side)),
                ElementsAre(AllOf(says(v1::UNKNOWN, "server_side"), mentions("nobody has seen"))));
}

}  // namespace
}  // namespace preflight::readiness
