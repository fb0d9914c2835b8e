#include "probes/backup_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/clock.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view full = R"(:backup_id: 1786500000_2026_08_12_19.2.1-ee
:db_version: '20260801123456'
:backup_created_at: 2026-08-12 02:00:00.000000000 Z
:gitlab_version: 19.2.1-ee
:tar_version: tar (GNU tar) 1.35
:installation_type: omnibus-gitlab
:skipped: tar,registry
:repositories_storages: ''
:repositories_paths:
:skip_repositories_paths: ''
:repositories_server_side: false
:full_backup_id: 1786500000_2026_08_12_19.2.1-ee
)";

std::string time_of(std::string_view text) {
    const auto time = parse_manifest_time(text);
    return time ? to_iso8601(*time) : "none";
}

TEST(BackupManifest, TellsVersionTimeAndWhatWasSkipped) {
    const auto manifest = parse_backup_manifest(full, "m");
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->version, (BackupVersion{"19.2.1", v1::EE}));
    EXPECT_EQ(to_iso8601(manifest->created_at.value()), "2026-08-12T02:00:00Z");
    EXPECT_EQ(manifest->backup_id, "1786500000_2026_08_12_19.2.1-ee");
    EXPECT_EQ(manifest->installation_type, "omnibus-gitlab");
    EXPECT_THAT(manifest->skipped, ElementsAre("tar", "registry"));
    EXPECT_FALSE(manifest->partial_repositories);
    EXPECT_FALSE(manifest->repositories_server_side);
}

TEST(BackupManifest, ReadsOneOfAnOlderVersion) {
    const auto manifest = parse_backup_manifest(
        "---\n:db_version: '20220101000000'\n:backup_created_at: 2022-01-02 03:04:05.000000000 +01:00\n"
        ":gitlab_version: 14.6.1\n:skipped: \n",
        "m");
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->version, (BackupVersion{"14.6.1", v1::CE}));
    EXPECT_EQ(to_iso8601(manifest->created_at.value()), "2022-01-02T02:04:05Z");
    EXPECT_THAT(manifest->skipped, IsEmpty());
}

TEST(BackupManifest, TellsThatOnlySomeRepositoriesAreThere) {
    for (const std::string line : {":repositories_storages: default,second", ":repositories_paths: group/a",
                                   ":skip_repositories_paths: big/one", ":repositories_paths:\n- group/a"}) {
        const auto manifest = parse_backup_manifest(":gitlab_version: 19.2.1\n" + line + "\n", "m");
        EXPECT_TRUE(manifest->partial_repositories) << line;
    }
}

TEST(BackupManifest, TellsThatRepositoriesLieElsewhere) {
    EXPECT_TRUE(parse_backup_manifest(":gitlab_version: 19.2.1\n:repositories_server_side: true\n", "m")
                    ->repositories_server_side);
}

TEST(BackupManifest, ReadsSkippedTasksInEveryFormOfAList) {
    for (const std::string list : {"db,uploads", "'db, uploads'", "\n- db\n- uploads", "db,\n  uploads"}) {
        const auto manifest = parse_backup_manifest(":skipped: " + list + "\n:gitlab_version: 19.2.1\n", "m");
        EXPECT_THAT(manifest->skipped, ElementsAre("db", "uploads")) << list;
    }
}

TEST(BackupManifest, RefusesWhatNamesNoVersion) {
    for (const std::string& text :
         {std::string(), std::string(":gitlab_version: CANARY\n"), std::string(5, '\0'),
          std::string("\xFF\xFE"), std::string(":::\n- - -\n:\n")}) {
        const auto manifest = parse_backup_manifest(text, "m");
        ASSERT_FALSE(manifest);
        EXPECT_EQ(manifest.error().cause, v1::Gap::MALFORMED);
        EXPECT_THAT(manifest.error().detail, Not(HasSubstr("CANARY")));
    }
}

TEST(BackupManifest, KeepsSentencesToItself) {
    const auto manifest = parse_backup_manifest(
        ":gitlab_version: 19.2.1\n:installation_type: it's CANARY\n:backup_id: a CANARY b\n", "m");
    EXPECT_EQ(manifest->installation_type, "unknown");
    EXPECT_EQ(manifest->backup_id, "");
}

TEST(BackupManifest, NamesOnlyWhatItKnows) {
    const auto manifest = parse_backup_manifest(
        ":gitlab_version: 19.2.1\n:installation_type: CANARY\n:skipped: db,canary,CANARY,:lfs\n", "m");
    EXPECT_EQ(manifest->installation_type, "unknown");
    EXPECT_THAT(manifest->skipped, ElementsAre("db", "unknown", "lfs"));
}

TEST(BackupManifest, ReadsThatOfTheCommandLineTool) {
    const auto manifest = parse_cli_backup_manifest(
        R"({"metadata_version": 2, "backup_id": "1786500000_2026_08_12_19.2.1-ee",
            "created_at": "2026-08-12T02:00:00Z", "gitlab_version": "19.2.1-ee"})",
        "m");
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->version, (BackupVersion{"19.2.1", v1::EE}));
    EXPECT_EQ(to_iso8601(manifest->created_at.value()), "2026-08-12T02:00:00Z");
    EXPECT_FALSE(parse_cli_backup_manifest("[1]", "m"));
    EXPECT_FALSE(parse_cli_backup_manifest("{", "m"));
}

TEST(BackupManifest, ReadsTimesAsRubyWritesThem) {
    EXPECT_EQ(time_of("2026-08-12 02:00:00.000000000 Z"), "2026-08-12T02:00:00Z");
    EXPECT_EQ(time_of("2026-08-12 02:00:00 UTC"), "2026-08-12T02:00:00Z");
    EXPECT_EQ(time_of("2026-08-12 04:00:00 +0200"), "2026-08-12T02:00:00Z");
    EXPECT_EQ(time_of("2026-08-12 04:00:00.123456789 +02:00"), "2026-08-12T02:00:00Z");
    EXPECT_EQ(time_of("2026-08-12T02:00:00"), "2026-08-12T02:00:00Z");
    for (const std::string_view text : {"", "yesterday", "2026-13-01 00:00:00 Z", "2026-08-12 25:00:00",
                                        "2026-08-12 02:00:00 Z and more"}) {
        EXPECT_EQ(time_of(text), "none") << text;
    }
}

}  // namespace
}  // namespace preflight::probes
