#include "probes/backup_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/backup_manifest.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/tar_writer.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view path = "/var/opt/gitlab/backups/1786500000_2026_08_12_19.2.1-ee_gitlab_backup.tar";
constexpr std::string_view manifest =
    ":gitlab_version: 19.2.1-ee\n:backup_created_at: 2026-08-12 02:00:00 Z\n:skipped: ''\n";

FoundBackup read(const std::string& archive) {
    return read_backup_tar(tar_bytes(archive), archive.size(), path, [] { return true; });
}

std::vector<std::string> members(const FoundBackup& found) {
    return {found.archive.members().begin(), found.archive.members().end()};
}

std::vector<Problem::Cause> causes(const FoundBackup& found) {
    std::vector<Problem::Cause> all;
    for (const auto& problem : found.problems) all.push_back(problem.cause);
    return all;
}

TEST(BackupArchive, TellsTheTasksWhoseContentItHolds) {
    const auto found = read(TarWriter()
                                .file(manifest_name, manifest)
                                .file("db/database.sql.gz", "x")
                                .file("db/ci_database.sql.gz", "x")
                                .directory("repositories/")
                                .file("uploads.tar.gz", "x")
                                .file("ci_secure_files.tar.gz", "x")
                                .finish());
    EXPECT_THAT(members(found), ElementsAre("ci_secure_files", "db", "repositories", "uploads"));
    EXPECT_TRUE(found.archive.complete_end());
    EXPECT_TRUE(found.archive.manifest_read());
    EXPECT_THAT(found.problems, IsEmpty());
}

TEST(BackupArchive, ReadsTheChartsWithDotsAndTheManifestLast) {
    const auto found = read(TarWriter()
                                .directory("./")
                                .directory("./db/")
                                .file("./db/database.sql.gz", "x")
                                .file("./lfs.tar.gz", "x")
                                .file("./backup_information.yml",
                                      ":gitlab_version: 19.1.0\n:installation_type: gitlab-helm-chart\n")
                                .finish());
    EXPECT_THAT(members(found), ElementsAre("db", "lfs"));
    EXPECT_EQ(found.archive.version(), "19.1.0");
    EXPECT_EQ(found.archive.edition(), v1::CE);
    EXPECT_EQ(found.archive.installation_type(), "gitlab-helm-chart");
}

TEST(BackupArchive, TakesNoEmptyDumpForADatabase) {
    const auto found = read(TarWriter().file("db/database.sql.gz", "").file("uploads.tar.gz", "").finish());
    EXPECT_THAT(members(found), IsEmpty());
}

TEST(BackupArchive, KeepsWhatWasSeenOfATruncatedOne) {
    const auto whole =
        TarWriter().file(manifest_name, manifest).file("db/database.sql.gz", std::string(5000, 'x')).finish();
    const auto found = read(whole.substr(0, 2048));
    EXPECT_TRUE(found.archive.manifest_read());
    EXPECT_FALSE(found.archive.complete_end());
    EXPECT_THAT(members(found), IsEmpty());
    EXPECT_THAT(found.problems, IsEmpty());
}

TEST(BackupArchive, SaysThatAFileIsNoArchiveAtAll) {
    EXPECT_THAT(causes(read(std::string(5000, 'x'))), ElementsAre(v1::Gap::MALFORMED));
    EXPECT_THAT(causes(read("")), IsEmpty());
    EXPECT_FALSE(read("").archive.complete_end());
}

TEST(BackupArchive, FallsBackOnItsNameWhenTheManifestIsMissingOrTorn) {
    for (const auto& archive : {TarWriter().file("db/database.sql.gz", "x").finish(),
                                TarWriter().file(manifest_name, "CANARY").finish(),
                                TarWriter().file(manifest_name, std::string(70'000, 'x')).finish()}) {
        const auto found = read(archive);
        EXPECT_FALSE(found.archive.manifest_read());
        EXPECT_EQ(found.archive.version(), "19.2.1");
        EXPECT_EQ(found.archive.created_at().seconds(), 1786500000);
        EXPECT_THAT(found.problems, testing::SizeIs(1));
    }
}

TEST(BackupArchive, SaysThatItWasNotWalkedToItsEnd) {
    const auto archive = TarWriter().file(manifest_name, manifest).file("db/database.sql.gz", "x").finish();
    const auto found = read_backup_tar(tar_bytes(archive), archive.size(), path, [] { return false; });
    EXPECT_TRUE(found.archive.manifest_read());
    EXPECT_TRUE(found.archive.complete_end());
    EXPECT_THAT(causes(found), ElementsAre(v1::Gap::TIMED_OUT));
}

TEST(BackupArchive, KnowsTasksByTheirMembers) {
    EXPECT_EQ(backup_task_of("repositories/@hashed/a.bundle", true, 5), "repositories");
    EXPECT_EQ(backup_task_of("agent_plan_content.tar.gz", true, 5), "agent_plan_content");
    for (const std::string_view name : {"db/ci_database.sql.gz", "etc/uploads.tar.gz", ".tar.gz",
                                        "CANARY.tar.gz", "repositories.tar", "db/", ""}) {
        EXPECT_FALSE(backup_task_of(name, true, 5)) << name;
    }
}

TEST(BackupArchive, MayBeADirectoryOfItsParts) {
    NodeTree tree;
    tree.file("/b/backup_information.yml", ":gitlab_version: 19.2.1-ee\n:skipped: tar,registry\n")
        .file("/b/db/database.sql.gz", "x")
        .file("/b/uploads.tar.gz", "x")
        .directory("/b/repositories");
    const auto found = read_backup_directory(tree.node(), "/b", manifest_name);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->archive.kind(), v1::BackupArchive::DIRECTORY);
    EXPECT_THAT(found->archive.skipped(), ElementsAre("tar", "registry"));
    EXPECT_THAT(members(*found), ElementsAre("db", "repositories", "uploads"));
    EXPECT_FALSE(read_backup_directory(tree.node(), "/b/db", manifest_name));
}

}  // namespace
}  // namespace preflight::probes
