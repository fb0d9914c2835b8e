#include "probes/backup_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/yaml.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view yml_path = "/var/opt/gitlab/gitlab-rails/etc/gitlab.yml";

FoundBackupSettings settings_of(std::string_view backup) {
    const auto document = parse_yaml("production:\n  backup:\n" + std::string(backup), "y").value();
    return backup_settings_of({std::string(yml_path), member(document, "production")});
}

TEST(BackupSettings, ComeFromGitlabYml) {
    const auto found = settings_of(
        "    path: \"/srv/backups\"   # Relative paths are relative to Rails.root\n    keep_time: 604800\n"
        "    upload:\n      connection: {\"provider\":\"AWS\",\"aws_secret_access_key\":\"CANARY\"}\n"
        "      remote_directory: \"our-backups\"\n      encryption_key: CANARY\n");
    EXPECT_EQ(found.settings.path(), "/srv/backups");
    EXPECT_EQ(found.settings.keep_seconds(), 604800U);
    EXPECT_EQ(found.settings.upload_provider(), "AWS");
    EXPECT_EQ(found.settings.upload_directory(), "our-backups");
    EXPECT_EQ(found.settings.DebugString().find("CANARY"), std::string::npos);
}

TEST(BackupSettings, TakeTheProviderFromAConnectionInAnyForm) {
    EXPECT_EQ(settings_of("    upload: {connection: '{\"provider\": \"Google\", \"k\": \"CANARY\"}'}\n")
                  .settings.upload_provider(),
              "Google");
    EXPECT_EQ(settings_of("    upload:\n      connection:\n        provider: AzureRM\n        key: CANARY\n")
                  .settings.upload_provider(),
              "AzureRM");
    for (const std::string text : {"", "CANARY", "[CANARY]", "'{\"provider\": '", "{provider: {key: CANARY}}",
                                   "{provider: \"a CANARY b\"}"}) {
        EXPECT_EQ(settings_of("    upload: {connection: " + text + "}\n").settings.upload_provider(), "")
            << text;
    }
}

TEST(BackupSettings, CutCredentialsFromTheUploadDirectory) {
    const auto directory = [](const std::string& text) {
        const auto found = settings_of("    upload: {remote_directory: '" + text + "'}\n");
        return found.settings.upload_directory() + (found.problems.empty() ? "" : " unclear");
    };
    EXPECT_EQ(directory("https://u:CANARY@store.mill.example/b"), "https://store.mill.example/b");
    EXPECT_EQ(directory("https://store.mill.example/b?sig=CANARY"), "https://store.mill.example/b");
    EXPECT_EQ(directory("mill/backups"), "mill/backups");
    EXPECT_EQ(directory("u:CANARY@b"), " unclear");
    EXPECT_EQ(directory("b key=CANARY"), " unclear");
}

TEST(BackupSettings, PutARelativePathBeneathTheRoot) {
    EXPECT_EQ(settings_of("    path: tmp/mine/\n").settings.path(),
              "/opt/gitlab/embedded/service/gitlab-rails/tmp/mine");
    const auto compiled = parse_yaml("production: {}\n", "y").value();
    const auto found =
        backup_settings_of({"/home/git/gitlab/config/gitlab.yml", member(compiled, "production")});
    EXPECT_EQ(found.settings.path(), "/home/git/gitlab/tmp/backups");
}

TEST(BackupSettings, ComeFromTheAttributesWithoutGitlabYml) {
    NodeTree tree;
    tree.file("/opt/gitlab/embedded/nodes/rails1.example.org.json",
              R"({"normal": {"gitlab": {"gitlab_rails": {"backup_path": "/mnt/b", "backup_keep_time": 86400,
                  "backup_upload_connection": {"provider": "AWS", "aws_secret_access_key": "CANARY"},
                  "backup_upload_remote_directory": "bucket"}}}, "default": {}})")
        .file("/etc/gitlab/gitlab.rb", "gitlab_rails['backup_path'] = '/elsewhere'\n");
    const auto found = read_backup_settings(tree.node(), read_gitlab_yml(tree.node()));
    EXPECT_EQ(found.source, "/opt/gitlab/embedded/nodes/rails1.example.org.json");
    EXPECT_EQ(found.settings.path(), "/mnt/b");
    EXPECT_EQ(found.settings.keep_seconds(), 86400U);
    EXPECT_EQ(found.settings.upload_provider(), "AWS");
    EXPECT_EQ(found.settings.upload_directory(), "bucket");
}

TEST(BackupSettings, ComeFromGitlabRbAtLast) {
    NodeTree tree;
    tree.file("/etc/gitlab/gitlab.rb",
              "gitlab_rails['backup_path'] = '/srv/b'\ngitlab_rails['backup_keep_time'] = 3600\n"
              "gitlab_rails['backup_upload_connection'] = { 'provider' => 'AWS', 'key' => 'CANARY' }\n");
    const auto found = read_backup_settings(tree.node(), read_gitlab_yml(tree.node()));
    EXPECT_EQ(found.settings.path(), "/srv/b");
    EXPECT_EQ(found.settings.keep_seconds(), 3600U);
    // The connection is a nested hash: that there is an upload, and where to, stays unknown.
    EXPECT_THAT(found.problems, SizeIs(1));
}

TEST(BackupSettings, AreTheDefaultWhereNothingIsSaid) {
    const auto found = read_backup_settings(NodeTree().node(), read_gitlab_yml(NodeTree().node()));
    EXPECT_EQ(found.settings.path(), "/var/opt/gitlab/backups");
    EXPECT_THAT(found.problems, IsEmpty());
}

TEST(BackupSettings, SayWhichBetterSourceCouldNotBeRead) {
    NodeTree tree;
    tree.file(yml_path, "production: [CANARY")
        .file("/etc/gitlab/gitlab.rb", "gitlab_rails['backup_path'] = '/b'\n");
    const auto found = read_backup_settings(tree.node(), read_gitlab_yml(tree.node()));
    EXPECT_EQ(found.settings.path(), "/b");
    ASSERT_THAT(found.problems, SizeIs(1));
    EXPECT_EQ(found.problems[0].cause, v1::Gap::MALFORMED);
    EXPECT_EQ(found.problems[0].detail.find("CANARY"), std::string::npos);
}

}  // namespace
}  // namespace preflight::probes
