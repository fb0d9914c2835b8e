#include "probes/backup_ground.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/backup_folder.h"
#include "probes/backup_space.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(BackupGround, IsTheRunningVersionAndTheStorages) {
    NodeTree tree;
    tree.file("/opt/gitlab/embedded/service/gitlab-rails/VERSION", "19.2.1-ee\n")
        .file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml",
              "production:\n  repositories:\n    storages:\n      second: {gitaly_address: x}\n      "
              "default: {}\n");
    const auto ground = read_backup_ground(tree.node(), read_gitlab_yml(tree.node()));
    EXPECT_EQ(ground.running, parse_backup_version("19.2.1-ee"));
    EXPECT_EQ(ground.running_text, "19.2.1-ee");
    EXPECT_THAT(ground.storages, ElementsAre("default", "second"));
}

TEST(BackupGround, KnowsWhatLiesInObjectStorage) {
    NodeTree tree;
    tree.file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml",
              "production:\n  lfs:\n    object_store: {enabled: true, connection: {provider: AWS, "
              "aws_secret_access_key: CANARY}}\n  uploads:\n    object_store: {enabled: false, connection: "
              "{provider: AWS}}\n  backup:\n    upload: {connection: {provider: AWS}}\n");
    EXPECT_THAT(read_backup_ground(tree.node(), read_gitlab_yml(tree.node())).in_buckets, ElementsAre("lfs"));
}

TEST(BackupGround, IsNothingOnANodeWithoutRailsOrWithNonsense) {
    NodeTree tree;
    EXPECT_FALSE(read_backup_ground(tree.node(), read_gitlab_yml(tree.node())).running);
    tree.file("/home/git/gitlab/VERSION", "CANARY")
        .file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml",
              "production:\n  repositories:\n    storages:\n      \"a\\nb\": {}\n");
    const auto ground = read_backup_ground(tree.node(), read_gitlab_yml(tree.node()));
    EXPECT_EQ(ground.running_text, "");
    EXPECT_THAT(ground.storages, IsEmpty());
    EXPECT_THAT(ground.problems, IsEmpty());
}

TEST(BackupGround, SaysWhatItCannotRead) {
    NodeTree tree;
    tree.fifo("/opt/gitlab/embedded/service/gitlab-rails/VERSION")
        .file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml", "production: [CANARY");
    const auto ground = read_backup_ground(tree.node(), read_gitlab_yml(tree.node()));
    ASSERT_THAT(ground.problems, SizeIs(2));
    EXPECT_EQ(ground.problems[0].cause, v1::Gap::REFUSED);
    EXPECT_EQ(ground.problems[1].cause, v1::Gap::MALFORMED);
}

TEST(BackupFolder, OrdersArchivesAmongOtherFilesByTheTimeOfTheirNames) {
    NodeTree tree;
    tree.file("/b/1786400000_2026_08_11_19.2.1-ee_gitlab_backup.tar", "a")
        .file("/b/1786500000_2026_08_12_19.2.1-ee_gitlab_backup.tar", "bc")
        .file("/b/before_upgrade_gitlab_backup.tar", "d")
        .file("/b/notes.txt", "")
        .modified("/b/before_upgrade_gitlab_backup.tar", TimePoint(std::chrono::seconds(1786450000)));
    const auto folder = list_backups(tree.node(), "/b");
    ASSERT_TRUE(folder);
    ASSERT_THAT(folder->archives, SizeIs(3));
    EXPECT_EQ(folder->archives[0].size_bytes, 2U);
    EXPECT_THAT(folder->archives[1].path, HasSubstr("before_upgrade"));
    EXPECT_THAT(folder->problems, IsEmpty());
    EXPECT_THAT(folder->entries, SizeIs(4));
}

TEST(BackupFolder, SaysThatThereAreMoreThanAreReported) {
    NodeTree tree;
    for (int at = 0; at < 1'002; ++at) {
        tree.file(fmt::format("/b/17865{:05}_2026_08_12_19.2.1-ee_gitlab_backup.tar", at), "");
    }
    const auto folder = list_backups(tree.node(), "/b");
    ASSERT_TRUE(folder);
    EXPECT_THAT(folder->archives, SizeIs(BackupFolder::archive_limit));
    ASSERT_THAT(folder->problems, SizeIs(1));
    EXPECT_EQ(folder->problems[0].cause, v1::Gap::DROPPED);
}

FoundBackup full_backup() {
    FoundBackup full;
    full.archive.set_path("/b/full_gitlab_backup.tar");
    full.archive.set_kind(v1::BackupArchive::TAR);
    full.archive.set_manifest_read(true);
    full.archive.set_complete_end(true);
    full.archive.set_size_bytes(1'000);
    full.largest_member_bytes = 600;
    return full;
}

TEST(BackupSpace, GoesByTheNewestFullBackup) {
    NodeTree tree;
    tree.directory("/b").file("/proc/self/mountinfo",
                              "36 35 98:0 / / rw - ext4 /dev/sda1 rw\n"
                              "37 36 98:1 / /b rw - xfs /dev/sdb1 rw\n");
    const auto full = full_backup();
    const auto space = backup_space(tree.node(Machine::live), "/b", &full);
    EXPECT_EQ(space.filesystem(), "/b");
    EXPECT_GT(space.size_bytes(), 0U);
    EXPECT_EQ(space.newest_full_bytes(), 1'000U);
    EXPECT_THAT(space.terms(), testing::Contains(HasSubstr("600 bytes")));
}

TEST(BackupSpace, HasNothingToGoByWithoutOne) {
    NodeTree tree;
    const auto space = backup_space(tree.directory("/b").node(), "/b", nullptr);
    EXPECT_EQ(space.newest_full(), "");
    EXPECT_EQ(space.size_bytes(), 0U);
    EXPECT_THAT(space.terms(), SizeIs(1));
}

TEST(BackupSpace, TakesForFullWhatHoldsDatabaseAndRepositories) {
    auto backup = full_backup();
    backup.archive.add_skipped("registry");
    EXPECT_TRUE(is_full_backup(backup));
    backup.archive.add_skipped("repositories");
    EXPECT_FALSE(is_full_backup(backup));
    backup = full_backup();
    backup.archive.set_complete_end(false);
    EXPECT_FALSE(is_full_backup(backup));
}

}  // namespace
}  // namespace preflight::probes
