#include "probes/backups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/clock.h"
#include "tests/probes/gzip_writer.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/tar_writer.h"
#include "tests/probes/unprivileged.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view default_directory = "/var/opt/gitlab/backups";
constexpr std::string_view gitlab_yml = "/var/opt/gitlab/gitlab-rails/etc/gitlab.yml";
constexpr std::string_view name = "1786500000_2026_08_12_19.2.1-ee_gitlab_backup.tar";

std::string whole_archive() {
    return TarWriter()
        .file("backup_information.yml",
              ":backup_id: 1786500000_2026_08_12_19.2.1-ee\n:backup_created_at: 2026-08-12 "
              "02:40:00.000000000 Z\n"
              ":gitlab_version: 19.2.1-ee\n:installation_type: omnibus-gitlab\n:skipped: registry\n")
        .file("db/database.sql.gz", "CANARY dump")
        .file("uploads.tar.gz", "CANARY uploads")
        .finish();
}

std::string in(std::string_view directory, std::string_view file) {
    return std::string(directory) + "/" + std::string(file);
}

// A node whose gitlab.yml names `path`.
void make_rails(NodeTree& tree, std::string_view path) {
    tree.file(gitlab_yml, "production:\n  backup:\n    path: \"" + std::string(path) + "\"\n");
}

// All but how far backups are proved and how much room there is: that has its own tests.
std::vector<v1::Finding> seen(const NodeTree& tree) {
    auto found = tree.look(backups);
    std::erase_if(found, [](const auto& one) { return one.has_backup_proof() || one.has_backup_space(); });
    return found;
}

TEST(Backups, FindsSettingsAndArchivesWithTheirManifest) {
    NodeTree tree;
    make_rails(tree, "/srv/backups");
    tree.file(in("/srv/backups", name), whole_archive());
    const auto found = seen(tree);
    EXPECT_THAT(found, ElementsAre(finding(R"(backup_settings { path: "/srv/backups" path_present: true })"),
                                   finding(R"(backup_archive {
            path: "/srv/backups/1786500000_2026_08_12_19.2.1-ee_gitlab_backup.tar"
            created_at { seconds: 1786502400 }
            version: "19.2.1" edition: EE skipped: "registry" size_bytes: 4096
            kind: TAR manifest_read: true members: "db" members: "uploads" complete_end: true
            installation_type: "omnibus-gitlab" backup_id: "1786500000_2026_08_12_19.2.1-ee" })")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

// "1786500000 LISTED" for each proof, in the order that they are said.
std::vector<std::string> rungs(const std::vector<v1::Finding>& found) {
    std::vector<std::string> all;
    for (const auto& one : found) {
        if (!one.has_backup_proof()) continue;
        const auto& path = one.backup_proof().path();
        all.push_back(path.substr(path.rfind('/') + 1, 10) + " " +
                      v1::BackupProof::Rung_Name(one.backup_proof().rung()));
    }
    return all;
}

TEST(Backups, ProvesTheNewestFirstWhenItIsAskedTo) {
    const auto of_day = [](std::string_view seconds, std::string_view dump) {
        return TarWriter()
            .file("backup_information.yml",
                  fmt::format(":backup_created_at: 2026-08-{} 02:00:00 Z\n:gitlab_version: 19.2.1-ee\n"
                              ":skipped: repositories,uploads,builds,artifacts,pages,lfs,terraform_state,"
                              "packages,ci_secure_files\n",
                              seconds))
            .file("db/database.sql.gz", dump)
            .finish();
    };
    NodeTree tree;
    make_rails(tree, "/srv/backups");
    const auto whole = gzip_of(dump_of("CANARY"));
    tree.file("/opt/gitlab/embedded/service/gitlab-rails/VERSION", "19.2.1-ee\n")
        .file(in("/srv/backups", "1786400000_2026_08_11_19.2.1-ee_gitlab_backup.tar"), of_day("11", whole))
        .file(in("/srv/backups", "1786300000_2026_08_10_19.2.1-ee_gitlab_backup.tar"),
              of_day("10", whole).substr(0, 1'800))
        .file(in(default_directory, name), of_day("12", whole.substr(0, whole.size() - 9)));
    EXPECT_THAT(rungs(tree.look(backups)),
                ElementsAre("1786400000 LISTED", "1786300000 EXISTS", "1786500000 LISTED"));
    const auto proved = tree.look(backups, Machine::by_root, Asked{.prove_backups = true});
    EXPECT_THAT(rungs(proved), ElementsAre("1786400000 LISTED", "1786300000 EXISTS", "1786500000 LISTED",
                                           "1786500000 LISTED", "1786400000 VERSION_FITS"));
    EXPECT_THAT(bytes_of(proved), Not(HasSubstr("CANARY")));
}

// Of its parts one is a hole of 200 GB, which takes its time also without a disk.
std::string endless_archive(std::uint64_t hole_bytes) {
    return TarWriter()
        .file("backup_information.yml",
              ":gitlab_version: 19.2.1-ee\n:skipped: repositories,uploads,builds,artifacts,pages,lfs,"
              "terraform_state,packages,ci_secure_files\n")
        .file("db/database.sql.gz", gzip_of(dump_of("CANARY")))
        .header_only("other", TarWriter::base256(hole_bytes))
        .without_end();
}

TEST(Backups, StopsAProofBeforeItsTimeIsOver) {
    constexpr std::uint64_t hole_bytes = 200ULL << 30U;
    NodeTree tree;
    make_rails(tree, "/srv/backups");
    const auto head = endless_archive(hole_bytes);
    tree.file(in("/srv/backups", name), head);
    std::filesystem::resize_file(tree.root() / in("srv/backups", name), head.size() + hole_bytes + 1024);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    const auto found = tree.look(backups, Machine::by_root, Asked{.prove_backups = true, .until = until});
    EXPECT_LT(std::chrono::steady_clock::now(), until);
    const auto& proof = found.back().backup_proof();
    EXPECT_EQ(proof.rung(), v1::BackupProof::LISTED);
    EXPECT_GT(proof.bytes_read(), 1'000'000U);
    EXPECT_THAT(proof.notes(), ElementsAre(HasSubstr("stopped after ")));
    ASSERT_THAT(proof.members(), SizeIs(1));
    EXPECT_EQ(proof.members(0).outcome(), v1::BackupProof::Member::OK) << "what was read before stands";
}

TEST(Backups, TellsTheRoomForTheNextOne) {
    NodeTree tree;
    make_rails(tree, "/srv/backups");
    tree.file(in("/srv/backups", name), whole_archive());
    const auto found = tree.look(backups, Machine::live);
    ASSERT_TRUE(found.back().has_backup_space());
    EXPECT_EQ(found.back().backup_space().newest_full_bytes(), 4096U);
    EXPECT_GT(found.back().backup_space().size_bytes(), 0U);
}

TEST(Backups, SaysThatTheDirectoryIsNotThere) {
    NodeTree tree;
    make_rails(tree, "/srv/backups");
    EXPECT_THAT(seen(tree), ElementsAre(finding(R"(backup_settings { path: "/srv/backups" })")));
}

TEST(Backups, FindsNothingWhereNothingIs) {
    EXPECT_THAT(seen(NodeTree()), IsEmpty());
    NodeTree gitaly;
    gitaly.directory("/opt/gitlab/service")
        .file("/etc/gitlab/gitlab.rb", "")
        .directory("/var/opt/gitlab/gitaly");
    EXPECT_THAT(seen(gitaly), IsEmpty());
}

TEST(Backups, ListsArchivesAtTheDefaultPlaceInAnyCase) {
    NodeTree moved;
    make_rails(moved, "/srv/backups");
    moved.file(in(default_directory, name), whole_archive()).directory("/srv/backups");
    EXPECT_THAT(seen(moved), SizeIs(2));
    NodeTree without_rails;
    without_rails.file(in(default_directory, name), whole_archive());
    EXPECT_THAT(seen(without_rails), SizeIs(1));
}

TEST(Backups, CountsNoArchiveTwiceThroughLinks) {
    NodeTree tree;
    make_rails(tree, "/srv/backups");
    tree.file(in("/srv/backups", name), whole_archive())
        .link("/srv/backups/latest_gitlab_backup.tar", name)
        .link(default_directory, "/srv/backups");
    EXPECT_THAT(seen(tree), SizeIs(2));
}

TEST(Backups, OpensTheNewestAndNamesTheRest) {
    NodeTree tree;
    for (int day = 10; day < 32; ++day) {
        tree.file(
            fmt::format("{}/17800000{}_2026_05_{}_19.2.1_gitlab_backup.tar", default_directory, day, day),
            whole_archive());
    }
    const auto found = seen(tree);
    ASSERT_THAT(found, SizeIs(22));
    EXPECT_THAT(found.front().backup_archive().path(), HasSubstr("1780000031_"));
    EXPECT_TRUE(found[19].backup_archive().manifest_read());
    EXPECT_FALSE(found[20].backup_archive().manifest_read());
    EXPECT_EQ(found[21].backup_archive().version(), "19.2.1");
    EXPECT_EQ(found[21].backup_archive().created_at().seconds(), 1780000010);
    const auto proved = tree.look(backups, Machine::by_root, Asked{.prove_backups = true});
    EXPECT_EQ(std::ranges::count_if(proved, [](const auto& one) { return one.has_gap(); }), 1);
    EXPECT_THAT(proved, Contains(gap(v1::Gap::DROPPED, found[20].backup_archive().path())));
}

TEST(Backups, SaysThatAnArchiveIsTruncated) {
    NodeTree tree;
    tree.file(in(default_directory, name), whole_archive().substr(0, 1300));
    const auto found = seen(tree);
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_TRUE(found[0].backup_archive().manifest_read());
    EXPECT_FALSE(found[0].backup_archive().complete_end());
}

TEST(Backups, SaysWhatItMayNotRead) {
    NodeTree tree;
    tree.file(in(default_directory, name), whole_archive(), 0000);
    const Unprivileged nobody(tree);
    const auto found = seen(tree);
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(found[0].backup_archive().version(), "19.2.1");
    EXPECT_FALSE(found[0].backup_archive().manifest_read());
    EXPECT_THAT(found[1], gap(v1::Gap::DENIED, in(default_directory, name)));
}

TEST(Backups, SaysThatItMayNotListTheirDirectory) {
    NodeTree tree;
    tree.directory(default_directory);
    std::filesystem::permissions(tree.root() / "var/opt/gitlab/backups", std::filesystem::perms::none);
    const Unprivileged nobody(tree);
    EXPECT_THAT(seen(tree), ElementsAre(gap(v1::Gap::DENIED, default_directory)));
}

TEST(Backups, RefusesWhatOnlyHasTheNameOfAnArchive) {
    NodeTree tree;
    tree.fifo(in(default_directory, "pipe_gitlab_backup.tar"))
        .link(in(default_directory, "lost_gitlab_backup.tar"), "/nowhere/else")
        .file(in(default_directory, "x\x1B\xFF_gitlab_backup.tar"), "")
        .file(in(default_directory, "notes.txt"), "CANARY");
    const auto found = seen(tree);
    EXPECT_THAT(found, ElementsAre(gap(v1::Gap::ABSENT), gap(v1::Gap::REFUSED), gap(v1::Gap::MALFORMED)));
}

TEST(Backups, FindsBackupsThatAreDirectories) {
    NodeTree tree;
    tree.file(in(default_directory, "backup_information.yml"), ":gitlab_version: 19.2.1\n:skipped: tar\n")
        .file(in(default_directory, "db/database.sql.gz"), "x")
        .file(in(default_directory, "1786500000_2026_08_12_19.2.1-ee/backup_information.json"),
              R"({"gitlab_version": "19.2.1-ee", "created_at": "2026-08-12T02:00:00Z"})");
    const auto found = seen(tree);
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(found[0].backup_archive().path(), default_directory);
    EXPECT_THAT(found[0].backup_archive().members(), ElementsAre("db"));
    EXPECT_EQ(found[1].backup_archive().backup_id(), "1786500000_2026_08_12_19.2.1-ee");
    EXPECT_EQ(found[1].backup_archive().kind(), v1::BackupArchive::DIRECTORY);
}

TEST(Backups, FindsBackupsOfTheConfiguration) {
    NodeTree tree;
    const auto whole =
        TarWriter().file("/etc/gitlab/gitlab-secrets.json", "CANARY").file("/etc/gitlab/gitlab.rb", "#");
    tree.file("/etc/gitlab/config_backup/gitlab_config_1786500000_2026_08_12.tar", whole.finish())
        .file("/etc/gitlab/config_backup/gitlab_config_1786400000_2026_08_11.tar", whole.without_end())
        .file("/etc/gitlab/config_backup/gitlab_config_1786300000_2026_08_10.tar",
              TarWriter().file("etc/gitlab/gitlab.rb", "#").finish());
    const auto found = seen(tree);
    ASSERT_THAT(found, SizeIs(4));
    EXPECT_THAT(found[0], finding(R"(configuration_backup {
        path: "/etc/gitlab/config_backup/gitlab_config_1786500000_2026_08_12.tar"
            created_at { seconds: 1786500000 }
        size_bytes: 3072 has_secrets: true has_gitlab_rb: true members_read: true })"));
    EXPECT_FALSE(found[1].configuration_backup().members_read());
    EXPECT_THAT(found[2], gap(v1::Gap::MALFORMED));
    EXPECT_FALSE(found[3].configuration_backup().has_secrets());
    EXPECT_TRUE(found[3].configuration_backup().has_gitlab_rb());
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Backups, TellsWhenTheyAreMadeButNotHow) {
    NodeTree tree;
    tree.file("/etc/cron.d/gitlab",
              "0 2 * * * root TOKEN=CANARY gitlab-backup create && curl https://x:CANARY@y\n");
    const auto found = seen(tree);
    EXPECT_THAT(
        found,
        ElementsAre(finding(
            R"(backup_schedule { source: "/etc/cron.d/gitlab" when: "0 2 * * *" kind: APPLICATION })")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Backups, MindsUnreadableCrontabsOnlyWhereThereIsGitlab) {
    NodeTree tree;
    tree.fifo("/etc/cron.d/pipe");
    EXPECT_THAT(seen(tree), IsEmpty());
    tree.directory("/opt/gitlab");
    EXPECT_THAT(seen(tree), ElementsAre(gap(v1::Gap::REFUSED, "/etc/cron.d/pipe")));
}

TEST(Backups, SaysThatThereAreMoreDirectoriesThanItLooksAt) {
    NodeTree tree;
    make_rails(tree, "/srv/backups");
    for (int at = 0; at < 201; ++at) tree.directory("/srv/backups/d" + std::to_string(at));
    EXPECT_THAT(seen(tree), Contains(gap(v1::Gap::TOO_LARGE, "/srv/backups")));
}

}  // namespace
}  // namespace preflight::probes
