#include "probes/service_secrets.h"

#include <algorithm>

#include "probes/paths.h"
#include "probes/secrets.h"
#include "tests/probes/finding_texts.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/unprivileged.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kas = "/var/opt/gitlab/gitlab-kas/";
constexpr std::string_view certificate = "/var/opt/gitlab/registry/gitlab-registry.crt";

// A node of a package that runs this service and no other.
NodeTree& with_service(NodeTree& tree, std::string_view service, std::string_view secrets_json) {
    return tree.link("/opt/gitlab/service/" + std::string(service), "/opt/gitlab/sv/x")
        .file(paths::secrets_json, secrets_json);
}

// "KEY: DETAIL" of each difference, after a search of all findings for secrets.
Texts differences(const Found& found) {
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    Texts texts;
    for (const auto& one : all(found, &v1::Finding::has_difference, &v1::Finding::difference)) {
        EXPECT_EQ(one.kind(), v1::Difference::SECRET) << one.what();
        texts.push_back(one.what() + ": " + one.detail());
    }
    return texts;
}

Texts differences(const NodeTree& tree) { return differences(tree.look(secrets)); }

// Keys of fingerprints of rendered files, each with its path.
Texts rendered(const NodeTree& tree) {
    const auto found = tree.look(secrets, Machine::by_root, Asked{.fingerprint_key = Secret("CANARY-key")});
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    Texts texts;
    for (const auto& one :
         all(found, &v1::Finding::has_secret_fingerprint, &v1::Finding::secret_fingerprint)) {
        if (one.rendered()) texts.push_back(one.key() + " " + one.path());
    }
    return texts;
}

// ---- KAS ----

constexpr std::string_view kas_config = R"(gitlab:
  authentication_secret_file: /var/opt/gitlab/gitlab-kas/authentication_secret_file
api: {listen: {authentication_secret_file: /var/opt/gitlab/gitlab-kas/authentication_secret_file}}
private_api: {listen: {authentication_secret_file: /var/opt/gitlab/gitlab-kas/private_secret}}
agent: {kubernetes_api: {websocket_token_secret_file: /var/opt/gitlab/gitlab-kas/websocket_secret}}
)";

NodeTree& with_kas(NodeTree& tree, std::string_view api, std::string_view privately, std::string_view web) {
    return with_service(tree, "gitlab-kas",
                        R"({"gitlab_kas": {"api_secret_key": "CANARY1", "private_api_secret_key": "CANARY2",
                                           "websocket_token_secret_key": "CANARY3"}})")
        .file(paths::kas_yml, kas_config)
        .file(std::string(kas) + "authentication_secret_file", api)
        .file(std::string(kas) + "private_secret", privately)
        .file(std::string(kas) + "websocket_secret", web);
}

TEST(ServiceSecrets, OfKasAreComparedWhereRailsDoesNotRun) {
    NodeTree same;
    with_kas(same, "CANARY1", "CANARY2", "CANARY3\n");
    EXPECT_THAT(differences(same), IsEmpty());
    EXPECT_THAT(rendered(same),
                ElementsAre("gitlab_kas.api_secret_key /var/opt/gitlab/gitlab-kas/authentication_secret_file",
                            "gitlab_kas.private_api_secret_key /var/opt/gitlab/gitlab-kas/private_secret",
                            "gitlab_kas.websocket_token_secret_key "
                            "/var/opt/gitlab/gitlab-kas/websocket_secret"));
    NodeTree other;
    with_kas(other, "CANARY-old1", "CANARY-old2", "CANARY-old3");
    EXPECT_THAT(differences(other), ElementsAre("gitlab_kas.api_secret_key: the values differ",
                                                "gitlab_kas.private_api_secret_key: the values differ",
                                                "gitlab_kas.websocket_token_secret_key: the values differ"));
}

TEST(ServiceSecrets, ThatAConfigurationNamesAndThatAreNotThereAreGaps) {
    NodeTree tree;
    with_service(tree, "gitlab-kas", "{}").file(paths::kas_yml, kas_config);
    const auto found = tree.look(secrets);
    for (const auto* file : {"authentication_secret_file", "private_secret", "websocket_secret"})
        EXPECT_THAT(found, Contains(gap(v1::Gap::ABSENT, std::string(kas) + file)));
}

// ---- Pages ----

TEST(ServiceSecrets, OfPagesAreInItsConfigurationAndInAFileOfTheirOwn) {
    NodeTree tree;
    with_service(tree, "gitlab-pages",
                 R"({"gitlab_pages": {"api_secret_key": "CANARY1", "auth_secret": "CANARY2",
                                      "gitlab_secret": "CANARY3"}})")
        .file(paths::pages_config,
              "pages-domain=pages.example\napi-secret-key=/var/opt/gitlab/gitlab-pages/.gitlab_pages_secret\n"
              "auth-client-secret=CANARY3\nauth-secret=CANARY-old\nlog-verbose\n")
        .file("/var/opt/gitlab/gitlab-pages/.gitlab_pages_secret", "CANARY-old\n");
    EXPECT_THAT(differences(tree), UnorderedElementsAre("gitlab_pages.api_secret_key: the values differ",
                                                        "gitlab_pages.auth_secret: the values differ"));
}

// ---- Registry ----

constexpr std::string_view registry_config = R"(version: 0.1
http: {addr: "127.0.0.1:5000", secret: "CANARY-http"}
auth: {token: {issuer: omnibus, rootcertbundle: /var/opt/gitlab/registry/gitlab-registry.crt}}
notifications: {endpoints: [{"name":"geo_event","headers":{"Authorization":["CANARY-notify"]}}]}
)";

TEST(ServiceSecrets, OfTheRegistryAreItsOwnAndTheCertificateOfRails) {
    NodeTree tree;
    with_service(tree, "registry",
                 R"({"registry": {"http_secret": "CANARY-http", "internal_certificate": "CANARY-crt\n"}})")
        .file(paths::registry_yml, registry_config)
        .file(certificate, "CANARY-crt\n");
    EXPECT_THAT(differences(tree), IsEmpty());
    EXPECT_THAT(rendered(tree),
                ElementsAre("registry.http_secret /var/opt/gitlab/registry/config.yml",
                            "registry.internal_certificate " + std::string(certificate),
                            "registry.notification_secret /var/opt/gitlab/registry/config.yml"));
    tree.file(certificate, "CANARY-other\n")
        .file(paths::secrets_json, R"({"registry": {"http_secret": "CANARY-new",
                                                    "internal_certificate": "CANARY-crt\n"}})");
    EXPECT_THAT(differences(tree), ElementsAre("registry.http_secret: the values differ",
                                               "registry.internal_certificate: the values differ"));
}

TEST(ServiceSecrets, WithWhichTheRegistryNotifiesAreThoseThatRailsExpects) {
    const auto yml = [](std::string_view secret) {
        return "production: {registry: {notification_secret: " + std::string(secret) + "}}\n";
    };
    NodeTree tree;
    with_service(tree, "registry", R"({"registry": {"http_secret": "CANARY-http",
                                                    "internal_certificate": "CANARY-crt"}})")
        .link("/opt/gitlab/service/puma", "/opt/gitlab/sv/puma")
        .file(paths::registry_yml, registry_config)
        .file(certificate, "CANARY-crt")
        .file(paths::gitlab_yml, yml("CANARY-notify"));
    EXPECT_THAT(differences(tree), IsEmpty());
    tree.file(paths::gitlab_yml, yml("CANARY-other"));
    EXPECT_THAT(differences(tree), ElementsAre("registry.notification_secret: the values differ"));
}

// ---- Workhorse, GitLab Shell and the mailroom, alone on a node ----

struct Alone {
    const char* service;
    const char* file;
    const char* section;
    const char* key;
};

class ServiceAlone : public ::testing::TestWithParam<Alone> {};

TEST_P(ServiceAlone, HasItsSecretComparedAndNoneOfRails) {
    const auto& alone = GetParam();
    const auto etc = std::string(paths::rails_etc) + "/";
    NodeTree tree;
    with_service(tree, alone.service,
                 "{\"" + std::string(alone.section) + "\": {\"" + alone.key + "\": \"CANARY1\"}}")
        .file(etc + alone.file, "CANARY-old")
        .file(etc + "gitlab_kas_secret", "CANARY-left-behind")
        .file(etc + "secrets.yml", "production: {db_key_base: CANARY-left-behind}\n");
    EXPECT_THAT(differences(tree),
                ElementsAre(std::string(alone.section) + "." + alone.key + ": the values differ"));
    tree.file(etc + alone.file, "CANARY1\n");
    EXPECT_THAT(differences(tree), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Each, ServiceAlone,
    ::testing::Values(
        Alone{"gitlab-workhorse", "gitlab_workhorse_secret", "gitlab_workhorse", "secret_token"},
        Alone{"gitlab-sshd", "gitlab_shell_secret", "gitlab_shell", "secret_token"},
        Alone{"mailroom", "gitlab_incoming_email_secret", "mailroom", "incoming_email_auth_token"},
        Alone{"mailroom", "gitlab_service_desk_email_secret", "mailroom", "service_desk_email_auth_token"}));

// ---- Gitaly and Praefect ----

constexpr std::string_view gitaly_config = R"([auth]
token = 'CANARY-token'
[gitlab]
secret_file = '/var/opt/gitlab/gitaly/.gitlab_secret'
)";

TEST(ServiceSecrets, OfGitalyAreThatOfGitlabShellWhereTheFileHasNoOther) {
    NodeTree tree;
    with_service(tree, "gitaly", R"({"gitlab_shell": {"secret_token": "CANARY1"}})")
        .file(paths::gitaly_toml, gitaly_config)
        .file("/var/opt/gitlab/gitaly/.gitlab_secret", "CANARY1");
    EXPECT_THAT(differences(tree), IsEmpty());
    tree.file(paths::secrets_json, R"({"gitlab_shell": {"secret_token": "CANARY-new"}})");
    EXPECT_THAT(differences(tree), ElementsAre("gitlab_shell.secret_token: the values differ"));
    tree.file(paths::secrets_json, R"({"gitlab_shell": {"secret_token": "CANARY1"},
                                       "gitaly": {"gitlab_secret": "CANARY-own",
                                                  "configuration": {"auth": {"token": "CANARY-new"}}}})");
    EXPECT_THAT(differences(tree), ElementsAre("gitaly.gitlab_secret: the values differ",
                                               "gitaly.configuration.auth.token: the values differ"));
}

TEST(ServiceSecrets, OfPraefectAreComparedWhereTheFileHasThem) {
    NodeTree tree;
    with_service(tree, "praefect", R"({"praefect": {"configuration": {"auth": {"token": "CANARY1"}}}})")
        .file(paths::praefect_toml, "[auth]\ntoken = 'CANARY-old'\n");
    EXPECT_THAT(differences(tree), ElementsAre("praefect.configuration.auth.token: the values differ"));
    tree.file(paths::secrets_json, "{}");
    EXPECT_THAT(differences(tree), IsEmpty());
}

// ---- What holds for each ----

TEST(ServiceSecrets, AreNotOfServicesThatAreDisabled) {
    NodeTree tree;
    with_kas(tree, "CANARY-old", "CANARY-old", "CANARY-old")
        .file(paths::registry_yml, registry_config)
        .file(paths::gitaly_toml, gitaly_config);
    std::filesystem::remove(tree.root() / "opt/gitlab/service/gitlab-kas");
    tree.link("/opt/gitlab/service/logrotate", "/opt/gitlab/sv/logrotate");
    const auto found = tree.look(secrets);
    EXPECT_THAT(differences(found), IsEmpty());
    EXPECT_TRUE(std::ranges::none_of(found, &v1::Finding::has_gap));
}

TEST(ServiceSecrets, ThatCannotBeReadAreGaps) {
    NodeTree torn;
    with_service(torn, "registry", "{}").file(paths::registry_yml, "http: [CANARY");
    EXPECT_THAT(torn.look(secrets), Contains(gap(v1::Gap::MALFORMED, paths::registry_yml)));
    NodeTree closed;
    with_service(closed, "gitlab-pages", "{}").file(paths::pages_config, "auth-secret=CANARY\n", 0000);
    const Unprivileged nobody(closed);
    EXPECT_THAT(closed.look(secrets), Contains(gap(v1::Gap::DENIED, paths::pages_config)));
}

}  // namespace
}  // namespace preflight::probes
