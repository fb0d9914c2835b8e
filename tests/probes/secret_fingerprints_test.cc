#include "probes/secret_fingerprints.h"

#include <algorithm>
#include <map>

#include "probes/fingerprint.h"
#include "probes/paths.h"
#include "probes/secrets.h"
#include "tests/probes/finding_texts.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/unprivileged.h"

namespace preflight::probes {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::string_view rendered = "/var/opt/gitlab/gitlab-rails/etc/";
constexpr std::string_view public_key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f a@mill.example\n";

Found look(const NodeTree& tree, std::string_view key = "CANARY-key") {
    return tree.look(secrets, Machine::by_root, Asked{.fingerprint_key = Secret(std::string(key))});
}

std::vector<v1::SecretFingerprint> fingerprints(const Found& found) {
    return all(found, &v1::Finding::has_secret_fingerprint, &v1::Finding::secret_fingerprint);
}

// Of the key (and storage) at each path.
std::map<std::string, std::string> prints(const Found& found, std::string_view key,
                                          std::string_view storage = "") {
    std::map<std::string, std::string> taken;
    for (const auto& one : fingerprints(found)) {
        if (one.key() == key && one.storage() == storage) taken[one.path()] = one.fingerprint();
    }
    return taken;
}

Texts differences(const Found& found) {
    Texts texts;
    for (const auto& one : all(found, &v1::Finding::has_difference, &v1::Finding::difference)) {
        EXPECT_EQ(one.kind(), v1::Difference::SECRET) << one.what();
        texts.push_back(one.what() + ": " + one.detail());
    }
    return texts;
}

std::string at_rails(std::string_view name) { return std::string(rendered) + std::string(name); }

TEST(SecretFingerprints, ClaimNoDifferenceWhereNotAllSecretsAreTaken) {
    std::string many;
    for (int at = 0; at < 501; ++at) many += "\"k" + std::to_string(at) + "\": \"CANARY\", ";
    NodeTree tree;
    tree.file(paths::secrets_json, "{\"a\": {" + many + "\"z\": \"CANARY\"}}")
        .file(at_rails("gitlab_shell_secret"), "CANARY2");
    const auto found = look(tree);
    EXPECT_THAT(differences(found), IsEmpty());
    EXPECT_THAT(found, Contains(gap(v1::Gap::TOO_LARGE, paths::secrets_json)));
}

TEST(SecretFingerprints, AreOfEachKeyOfTheFile) {
    NodeTree tree;
    tree.file(paths::secrets_json,
              R"({"gitlab_rails": {"db_key_base": "CANARY", "empty": "", "list": ["CANARY", "CANARY2"]},
                                      "letsencrypt": {"auto_enabled": true}, "odd key CANARY": 1})");
    const auto found = look(tree);
    Texts keys;
    for (const auto& one : fingerprints(found)) {
        keys.push_back(one.key());
        EXPECT_THAT(one.fingerprint(), SizeIs(64));
        EXPECT_FALSE(one.rendered());
        EXPECT_EQ(one.keyed_by(), name_of_key(Secret("CANARY-key")));
    }
    EXPECT_THAT(keys, UnorderedElementsAre("gitlab_rails.db_key_base", "gitlab_rails.list",
                                           "letsencrypt.auto_enabled"));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, paths::secrets_json)));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    EXPECT_THAT(prints(found, "gitlab_rails.db_key_base"),
                Contains(testing::Pair(paths::secrets_json,
                                       fingerprint(Secret("CANARY-key"), "gitlab_rails.db_key_base",
                                                   canonical_text("CANARY")))));
}

TEST(SecretFingerprints, AreTheSameForFilesThatSayTheSame) {
    NodeTree one;
    one.file(paths::secrets_json, R"({"a": {"x": "1", "y": ["2", "3"]}})");
    NodeTree other;
    other.file(paths::secrets_json, "{ \"a\" : {\n  \"y\": [\"2\",\"3\"], \"x\": 1 } }\n");
    EXPECT_EQ(prints(look(one), "a.x"), prints(look(other), "a.x"));
    EXPECT_EQ(prints(look(one), "a.y"), prints(look(other), "a.y"));
    EXPECT_NE(prints(look(one), "a.x"), prints(look(one, "other key"), "a.x"));
}

TEST(SecretFingerprints, DoNotLeaveWithoutAKey) {
    NodeTree tree;
    tree.file(paths::secrets_json, R"({"gitlab_rails": {"db_key_base": "CANARY"}})")
        .file(paths::gitaly_toml, "[auth]\ntoken = 'CANARY'\n[[storage]]\nname = 'default'\n");
    EXPECT_THAT(fingerprints(tree.look(secrets)), IsEmpty());
}

TEST(SecretFingerprints, OfRenderedSecretsHaveTheNamesOfTheFile) {
    NodeTree tree;
    tree.file(paths::secrets_json,
              R"({"gitlab_rails": {"db_key_base": "CANARY1", "openid_connect_signing_key": "CANARY2\n"},
                                      "gitlab_workhorse": {"secret_token": "CANARY3"}})")
        .file(at_rails("secrets.yml"),
              "production:\n  db_key_base: CANARY1\n  openid_connect_signing_key: |\n    CANARY2\n")
        .file(at_rails("gitlab_workhorse_secret"), "CANARY3\n");
    const auto found = look(tree);
    EXPECT_THAT(differences(found), IsEmpty());
    const auto workhorse = prints(found, "gitlab_workhorse.secret_token");
    ASSERT_THAT(workhorse, SizeIs(2));
    EXPECT_EQ(workhorse.at(std::string(paths::secrets_json)),
              workhorse.at(at_rails("gitlab_workhorse_secret")));
    EXPECT_THAT(prints(found, "gitlab_rails.openid_connect_signing_key"), SizeIs(2));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(SecretFingerprints, ShowADifferenceOfFileAndRenderedAlsoWithoutAKey) {
    NodeTree tree;
    tree.file(paths::secrets_json, R"({"gitlab_rails": {"db_key_base": "CANARY1", "later": "CANARY"}})")
        .file(at_rails("secrets.yml"), "production:\n  db_key_base: CANARY2\n  otp_key_base: CANARY3\n")
        .file(at_rails("gitlab_shell_secret"), "CANARY4");
    const auto found = tree.look(secrets);
    EXPECT_THAT(differences(found),
                ElementsAre("gitlab_rails.db_key_base: the values differ",
                            "gitlab_rails.otp_key_base: stands in the rendered file alone",
                            "gitlab_shell.secret_token: stands in the rendered file alone"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(SecretFingerprints, CompareNothingWithATornFile) {
    NodeTree tree;
    tree.file(paths::secrets_json, "{\"gitlab_rails\": {\"db_key_base\": \"CANARY")
        .file(at_rails("secrets.yml"), "production:\n  db_key_base: CANARY2\n");
    const auto found = look(tree);
    EXPECT_THAT(differences(found), IsEmpty());
    EXPECT_THAT(prints(found, "gitlab_rails.db_key_base"), SizeIs(1));
    EXPECT_THAT(std::ranges::count_if(found, [](const auto& one) { return one.has_gap(); }), 1);
}

TEST(SecretFingerprints, SayWhichRenderedFileCannotBeRead) {
    NodeTree tree;
    tree.file(paths::secrets_json, "{}")
        .file(at_rails("secrets.yml"), "production: [CANARY")
        .fifo(at_rails("gitlab_shell_secret"));
    const auto found = look(tree);
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, at_rails("secrets.yml"))));
    EXPECT_THAT(found, Contains(gap(v1::Gap::REFUSED, at_rails("gitlab_shell_secret"))));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(SecretFingerprints, LetTheTokenOfAStorageBeComparedWithItsServer) {
    NodeTree tree;
    tree.file(at_rails("gitlab.yml"), R"(production:
  gitaly:
    token: CANARY-common
  repositories:
    storages:
      default: {gitaly_address: 'unix:/x'}
      archive: {gitaly_address: 'tcp://a:8075', gitaly_token: CANARY-own}
)")
        .file(paths::gitaly_toml,
              "[auth]\ntoken = 'CANARY-common'\n[[storage]]\nname = 'default'\npath = '/x'\n")
        .file(paths::praefect_toml, R"([auth]
token = 'CANARY-own'
[[virtual_storage]]
name = 'archive'
[[virtual_storage.node]]
storage = 'gitaly-1'
token = 'CANARY-behind'
)");
    const auto found = look(tree);
    const auto common = prints(found, "gitaly.token", "default");
    const auto own = prints(found, "gitaly.token", "archive");
    ASSERT_THAT(common, SizeIs(2));
    ASSERT_THAT(own, SizeIs(2));
    EXPECT_EQ(common.at(at_rails("gitlab.yml")), common.at(std::string(paths::gitaly_toml)));
    EXPECT_EQ(own.at(at_rails("gitlab.yml")), own.at(std::string(paths::praefect_toml)));
    EXPECT_NE(common.begin()->second, own.begin()->second);
    EXPECT_THAT(prints(found, "gitaly.token", "gitaly-1"), SizeIs(1));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(SecretFingerprints, AreNotOfAServiceThatIsDisabled) {
    NodeTree tree;
    tree.link("/opt/gitlab/service/puma", "/opt/gitlab/sv/puma")
        .file(paths::gitaly_toml, "[auth]\ntoken = 'CANARY'\n[[storage]]\nname = 'default'\n");
    EXPECT_THAT(fingerprints(look(tree)), IsEmpty());
}

TEST(SecretFingerprints, SayThatATokenCannotBeRead) {
    NodeTree tree;
    tree.file(paths::gitaly_toml, "token = 'CANARY").file(paths::praefect_toml, "x", 0000);
    const Unprivileged nobody(tree);
    const auto found = look(tree);
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, paths::gitaly_toml)));
    EXPECT_THAT(found, Contains(gap(v1::Gap::DENIED, paths::praefect_toml)));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(SecretFingerprints, OfHostKeysAreTheirPublicOnes) {
    NodeTree tree;
    const std::string key = "/var/opt/gitlab/gitlab-sshd/ssh_host_ed25519_key";
    const std::string other = "/etc/gitlab/ssh_host_rsa_key";
    tree.file(key, "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n")
        .file(key + ".pub", public_key)
        .file(other, "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n");
    const auto found = tree.look(secrets);
    EXPECT_THAT(prints(found, "ssh_host_key.ssh-ed25519"),
                ElementsAre(testing::Pair(key + ".pub", testing::StartsWith("SHA256:"))));
    EXPECT_THAT(found, Contains(gap(v1::Gap::ABSENT, other + ".pub")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(SecretFingerprints, DoNotOpenEncryptedSettingsButNameThem) {
    NodeTree tree;
    const std::string folder = "/var/opt/gitlab/gitlab-rails/shared/encrypted_settings/";
    tree.file(at_rails("gitlab.yml"), "production: {}\n")
        .file(folder + "ldap.yaml.enc", "no such name")
        .file(folder + "ldap.yml.enc", "CANARY--CANARY--CANARY")
        .file(folder + "smtp.yml.enc", "");
    const auto found = tree.look(secrets);
    Texts named;
    for (const auto& one : all(found, &v1::Finding::has_secrets_file, &v1::Finding::secrets_file)) {
        if (one.kind() == v1::SecretsFile::ENCRYPTED_SETTINGS)
            named.push_back(one.path() + (one.well_formed() ? "" : " torn"));
    }
    EXPECT_THAT(named, ElementsAre(folder + "ldap.yml.enc", folder + "smtp.yml.enc torn"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

}  // namespace
}  // namespace preflight::probes
