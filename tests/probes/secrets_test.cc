#include "probes/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/clock.h"
#include "probes/paths.h"
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

constexpr std::string_view secrets_path = "/etc/gitlab/gitlab-secrets.json";
constexpr std::string_view key_pem = "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n";
constexpr std::string_view certificate_pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

TimePoint at_second(std::int64_t seconds) { return TimePoint(std::chrono::seconds(seconds)); }

v1::SecretsFile file_at(const std::vector<v1::Finding>& found, std::string_view path) {
    const auto at = std::ranges::find_if(found, [&](const v1::Finding& one) {
        return one.has_secrets_file() && one.secrets_file().path() == path;
    });
    return at == found.end() ? v1::SecretsFile() : at->secrets_file();
}

TEST(Secrets, DescribesTheSecretsFileWithoutItsValues) {
    NodeTree tree;
    tree.file(secrets_path, R"({"gitlab_rails": {"db_key_base": "CANARY", "otp_key_base": ""}})", 0640)
        .modified(secrets_path, at_second(1786500000))
        .file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
        .file("/etc/group", "");
    const auto found = tree.look(secrets);
    const auto file = file_at(found, secrets_path);
    EXPECT_TRUE(file.present());
    EXPECT_EQ(file.kind(), v1::SecretsFile::SECRETS);
    EXPECT_EQ(file.mode(), "0640");
    EXPECT_FALSE(file.others_can_read());
    EXPECT_TRUE(file.well_formed());
    EXPECT_THAT(file.keys_present(), ElementsAre("gitlab_rails.db_key_base"));
    EXPECT_THAT(file.keys_missing(), Contains("gitlab_rails.otp_key_base"));
    EXPECT_EQ(file.modified_at().seconds(), 1786500000);
    EXPECT_THAT(file.group(), HasSubstr("gid "));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Secrets, SaysThatFilesOfAConfiguredNodeAreMissing) {
    NodeTree tree;
    tree.link("/opt/gitlab/service/gitaly", "/opt/gitlab/sv/gitaly");
    EXPECT_THAT(
        tree.look(secrets),
        ElementsAre(finding(R"(secrets_file { path: "/etc/gitlab/gitlab-secrets.json" kind: SECRETS })"),
                    finding(R"(secrets_file { path: "/etc/gitlab/gitlab.rb" kind: CONFIGURATION })")));
}

TEST(Secrets, FindsNothingWithoutGitlabOrBeforeItsFirstConfiguration) {
    NodeTree bare;
    bare.file("/etc/ssh/ssh_host_rsa_key", key_pem);
    EXPECT_THAT(bare.look(secrets), IsEmpty());
    NodeTree fresh;
    fresh.directory("/opt/gitlab/service");
    EXPECT_THAT(fresh.look(secrets), IsEmpty());
}

TEST(Secrets, ComparesWithTheNewestBackupThatHoldsTheFile) {
    NodeTree tree;
    const std::string backups = "/etc/gitlab/config_backup/gitlab_config_";
    tree.file(secrets_path, "{}")
        .modified(secrets_path, at_second(1786400000))
        .file("/etc/gitlab/gitlab.rb", "external_url 'http://a'\n")
        .modified("/etc/gitlab/gitlab.rb", at_second(1786400000))
        .file(backups + "1786700000_2026_08_14.tar", "torn")
        .file(backups + "1786500000_2026_08_12.tar", TarWriter().file(paths::gitlab_rb, "x").finish())
        .file(backups + "1786300000_2026_08_10.tar", TarWriter().file(secrets_path, "x").finish());
    const auto found = tree.look(secrets);
    EXPECT_TRUE(file_at(found, secrets_path).newer_than_configuration_backup());
    EXPECT_FALSE(file_at(found, "/etc/gitlab/gitlab.rb").newer_than_configuration_backup());
}

TEST(Secrets, AreAllNewerThanABackupThatIsNotThereButForHostKeysElsewhere) {
    NodeTree tree;
    tree.file("/etc/gitlab/gitlab.rb", "x 1\n")
        .file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml", "production: {}\n")
        .file("/etc/ssh/ssh_host_rsa_key", key_pem);
    const auto found = tree.look(secrets);
    EXPECT_TRUE(file_at(found, "/etc/gitlab/gitlab.rb").newer_than_configuration_backup());
    EXPECT_FALSE(file_at(found, "/etc/ssh/ssh_host_rsa_key").newer_than_configuration_backup());
}

TEST(Secrets, SaysWhichOfItsFilesIsTorn) {
    for (const auto& text : {std::string(), std::string("\0\1CANARY", 8), std::string("x = [ 'CANARY")}) {
        NodeTree tree;
        tree.file("/etc/gitlab/gitlab.rb", text)
            .file("/etc/gitlab/ssh_host_rsa_key", text)
            .file("/etc/gitlab/ssl/git.mill.example.key", text);
        std::vector<std::string> affected;
        const auto found = tree.look(secrets);
        for (const auto& one : found) {
            if (one.gap().cause() == v1::Gap::MALFORMED) affected.push_back(one.gap().affects());
            EXPECT_FALSE(one.secrets_file().well_formed());
        }
        EXPECT_THAT(affected, ElementsAre("configuration", "host key", "TLS key"));
        EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    }
}

TEST(Secrets, SaysThatTheSecretsFileIsTornButNotWhatItHolds) {
    for (const std::string text :
         {"", "{\"gitlab_rails\": {\"db_key_base\": \"CANARY", "\x01\x02\xFF", "[]"}) {
        NodeTree tree;
        tree.file(secrets_path, text);
        const auto found = tree.look(secrets);
        EXPECT_FALSE(file_at(found, secrets_path).well_formed());
        EXPECT_THAT(file_at(found, secrets_path).keys_missing(), IsEmpty());
        EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, secrets_path)));
        EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    }
}

TEST(Secrets, DescribesAFileThatItMayNotRead) {
    NodeTree tree;
    tree.file(secrets_path, "{}", 0600);
    const Unprivileged nobody(tree);
    const auto found = tree.look(secrets);
    EXPECT_EQ(file_at(found, secrets_path).mode(), "0600");
    EXPECT_THAT(found, Contains(gap(v1::Gap::DENIED, secrets_path)));
}

TEST(Secrets, RefusesWhatIsNoFileOrTooLarge) {
    NodeTree tree;
    tree.fifo(secrets_path).file("/etc/gitlab/gitlab.rb", std::string(2'000'000, '#'));
    EXPECT_THAT(tree.look(secrets), ElementsAre(gap(v1::Gap::REFUSED, secrets_path), testing::_,
                                                gap(v1::Gap::TOO_LARGE, "/etc/gitlab/gitlab.rb")));
}

TEST(Secrets, FindsKeysAndCertificatesOfTls) {
    NodeTree tree;
    tree.file("/etc/gitlab/ssl/git.example.org.key", key_pem, 0644)
        .file("/etc/gitlab/ssl/git.example.org.crt", certificate_pem)
        .file("/etc/gitlab/ssl/both.pem", std::string(certificate_pem) + std::string(key_pem))
        .file("/etc/gitlab/ssl/torn.crt", certificate_pem.substr(0, 40))
        .file("/etc/gitlab/ssl/swapped.key", certificate_pem)
        .file("/etc/gitlab/ssl/dhparams.pem", "-----BEGIN DH PARAMETERS-----\n")
        .link("/etc/gitlab/ssl/lost.key", "/etc/letsencrypt/live/x/privkey.pem");
    const auto found = tree.look(secrets);
    ASSERT_THAT(found, SizeIs(7));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, "/etc/gitlab/ssl/swapped.key")));
    const auto key = file_at(found, "/etc/gitlab/ssl/git.example.org.key");
    EXPECT_EQ(key.kind(), v1::SecretsFile::TLS_KEY);
    EXPECT_TRUE(key.well_formed());
    EXPECT_TRUE(key.others_can_read());
    EXPECT_TRUE(file_at(found, "/etc/gitlab/ssl/git.example.org.crt").well_formed());
    EXPECT_EQ(file_at(found, "/etc/gitlab/ssl/both.pem").kind(), v1::SecretsFile::TLS_KEY);
    EXPECT_FALSE(file_at(found, "/etc/gitlab/ssl/torn.crt").well_formed());
    EXPECT_FALSE(file_at(found, "/etc/gitlab/ssl/swapped.key").well_formed());
    EXPECT_FALSE(file_at(found, "/etc/gitlab/ssl/lost.key").present());
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Secrets, FindsHostKeysWhereTheyServeGitlab) {
    NodeTree tree;
    tree.file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml", "production: {}\n")
        .file("/etc/ssh/ssh_host_rsa_key", key_pem)
        .file("/etc/ssh/ssh_host_rsa_key.pub", "ssh-rsa AAAA")
        .file("/etc/gitlab/ssh_host_ed25519_key", key_pem)
        .link("/etc/ssh/ssh_host_ed25519_key", "/etc/gitlab/ssh_host_ed25519_key")
        .file("/var/opt/gitlab/gitlab-sshd/ssh_host_ecdsa_key", key_pem);
    std::vector<std::string> paths;
    for (const auto& one : tree.look(secrets)) {
        if (one.secrets_file().kind() == v1::SecretsFile::HOST_KEY)
            paths.push_back(one.secrets_file().path());
    }
    EXPECT_THAT(paths, ElementsAre("/etc/ssh/ssh_host_rsa_key", "/etc/gitlab/ssh_host_ed25519_key",
                                   "/var/opt/gitlab/gitlab-sshd/ssh_host_ecdsa_key"));
}

TEST(Secrets, SayThatMoreFilesLieThereThanAreLookedAt) {
    NodeTree tree;
    for (int at = 0; at < 201; ++at)
        tree.file("/etc/gitlab/ssl/site" + std::to_string(at) + ".crt", certificate_pem);
    const auto found = tree.look(secrets);
    EXPECT_THAT(found, Contains(gap(v1::Gap::DROPPED, "/etc/gitlab/ssl")));
    EXPECT_EQ(std::ranges::count_if(found, &v1::Finding::has_secrets_file), 200);
}

// Of an inspection whose time is over: what the files themselves show is told before all.
TEST(Secrets, LookAtNoBackupThatTimeIsTooShortFor) {
    NodeTree tree;
    const std::string backup = "/etc/gitlab/config_backup/gitlab_config_1786500000_2026_08_12.tar";
    tree.file(secrets_path, R"({"gitlab_rails": {"db_key_base": "CANARY"}})")
        .file(backup, TarWriter().file(paths::gitlab_rb, "x").file(secrets_path, "x").finish());
    const Asked late{.until = std::chrono::steady_clock::now() - std::chrono::seconds(1)};
    const auto found = tree.look(secrets, Machine::by_root, late);
    EXPECT_THAT(found, Contains(gap(v1::Gap::TIMED_OUT, backup)));
    EXPECT_THAT(file_at(found, secrets_path).keys_present(), ElementsAre("gitlab_rails.db_key_base"));
}

TEST(Secrets, FindsThoseOfASelfCompiledGitlab) {
    NodeTree tree;
    tree.file("/home/git/gitlab/config/gitlab.yml", "production: {}\n");
    EXPECT_THAT(tree.look(secrets),
                ElementsAre(finding(
                    R"(secrets_file { path: "/home/git/gitlab/config/secrets.yml" kind: SECRETS })")));
    tree.file("/home/git/gitlab/config/secrets.yml", "production:\n  db_key_base: CANARY\n");
    const auto found = tree.look(secrets);
    EXPECT_THAT(file_at(found, "/home/git/gitlab/config/secrets.yml").keys_present(),
                ElementsAre("gitlab_rails.db_key_base"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Secrets, TellsTextFromBytesInTheConfiguration) {
    NodeTree tree;
    tree.file("/etc/gitlab/gitlab.rb", std::string("a\0b", 3))
        .file("/etc/gitlab/gitlab-cluster.json", "{\"primary\": true}");
    const auto found = tree.look(secrets);
    EXPECT_FALSE(file_at(found, "/etc/gitlab/gitlab.rb").well_formed());
    EXPECT_TRUE(file_at(found, "/etc/gitlab/gitlab-cluster.json").well_formed());
    EXPECT_EQ(file_at(found, "/etc/gitlab/gitlab-cluster.json").kind(), v1::SecretsFile::CLUSTER);
}

}  // namespace
}  // namespace preflight::probes
