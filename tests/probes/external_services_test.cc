#include "probes/external_services.h"

#include "probes/paths.h"
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
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::string_view click_house = "/var/opt/gitlab/gitlab-rails/etc/click_house.yml";

// "kind purpose provider HOST:PORT region", with " tls".
Texts texts(const Found& found) {
    Texts shown;
    for (const auto& one : all(found, &v1::Finding::has_external_service, &v1::Finding::external_service)) {
        shown.push_back(one.kind() + " " + one.purpose() + " " + one.provider() + " " + one.host() + ":" +
                        std::to_string(one.port()) + " " + one.region() + (one.tls() ? " tls" : ""));
    }
    return shown;
}

TEST(ExternalServices, AreTheObjectStoragesOfRails) {
    NodeTree tree;
    tree.file(paths::gitlab_yml, R"(production:
  object_store:
    enabled: true
    connection: {"provider":"AWS","region":"eu-1","endpoint":"https://u:CANARY@objects.example:9000","aws_secret_access_key":"CANARY"}
  lfs:
    object_store: {enabled: true, connection: {provider: Google, google_json_key_string: CANARY}}
  uploads:
    object_store: {enabled: false, connection: {provider: AWS, region: no}}
  backup:
    upload: {connection: {provider: AzureRM, azure_storage_access_key: CANARY}}
)");
    const auto found = tree.look(external_services);
    EXPECT_THAT(texts(found),
                ElementsAre("object_storage all AWS objects.example:9000 eu-1 tls",
                            "object_storage lfs Google :0 ", "object_storage backups AzureRM :0 "));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(ExternalServices, AreLdapAndMailboxes) {
    NodeTree tree;
    tree.file(paths::gitlab_yml, R"(production:
  ldap:
    enabled: true
    servers:
      main: {host: ldap.example, port: 636, encryption: simple_tls, password: CANARY, hosts: [["ldap-2.example", 389]]}
      second: {host: 'ldap://u:CANARY@x:y', port: 1}
  incoming_email: {enabled: true, host: imap.example, port: 993, ssl: true, password: CANARY}
  service_desk_email: {enabled: false, host: no.example}
)");
    const auto found = tree.look(external_services);
    EXPECT_THAT(texts(found),
                ElementsAre("ldap main  ldap.example:636  tls", "ldap main  ldap-2.example:389  tls",
                            "incoming_email   imap.example:993  tls"));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, paths::gitlab_yml)));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(ExternalServices, SayWhereTheTlsOptionsOfLdapStand) {
    const auto beside = [](std::string_view server) {
        NodeTree tree;
        tree.file(paths::gitlab_yml, "production: {ldap: {enabled: true, servers: {main: {host: l.example, " +
                                         std::string(server) + "}}}}\n");
        const auto found = all(tree.look(external_services), &v1::Finding::has_external_service,
                               &v1::Finding::external_service);
        return found.size() == 1 && found[0].has_tls_beside_options() && found[0].tls_beside_options();
    };
    EXPECT_TRUE(beside("ca_file: /etc/ssl/CANARY.pem"));
    EXPECT_TRUE(beside("tls_options: {}, ssl_version: TLSv1_2"));
    EXPECT_FALSE(beside("tls_options: {ca_file: /etc/ssl/CANARY.pem}, ca_file: null"));
    EXPECT_FALSE(beside("port: 389"));
}

TEST(ExternalServices, AreNotConcludedFromWhatIsNoTable) {
    NodeTree tree;
    tree.file(paths::gitlab_yml,
              "production:\n  ldap: {enabled: true, servers: [CANARY]}\n"
              "  incoming_email: {enabled: true, host: 'imap.example:143'}\n")
        .file(click_house, "production: [CANARY]\n");
    const auto found = tree.look(external_services);
    EXPECT_THAT(texts(found), ElementsAre("incoming_email   imap.example:143 "));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, paths::gitlab_yml)));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, click_house)));
}

TEST(ExternalServices, AreTheMailServerOfTheAttributes) {
    NodeTree tree;
    tree.file(paths::gitlab_yml, "production: {}\n")
        .file("/opt/gitlab/embedded/nodes/a.json",
              R"({"normal": {"gitlab": {"gitlab_rails": {"smtp_enable": true,
            "smtp_address": "smtp.example", "smtp_port": 587, "smtp_password": "CANARY", "smtp_user_name": "CANARY"}}}})");
    const auto found = tree.look(external_services);
    EXPECT_THAT(texts(found), ElementsAre("smtp   smtp.example:587 "));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(ExternalServices, AreClickHouseAndTheRegistrysStorage) {
    NodeTree tree;
    tree.file(paths::gitlab_yml, "production: {}\n")
        .file(click_house,
              "production:\n  main: {url: 'https://ch.example:8443', username: x, password: CANARY}\n")
        .file(paths::registry_yml,
              "storage: {\"s3_v2\": {\"region\": \"eu-1\", \"regionendpoint\": \"http://s3.example:9000\", "
              "\"secretkey\": \"CANARY\"}}\n");
    const auto found = tree.look(external_services);
    EXPECT_THAT(texts(found), UnorderedElementsAre("clickhouse main  ch.example:8443  tls",
                                                   "object_storage registry s3_v2 s3.example:9000 eu-1"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(ExternalServices, OfADisabledRegistryDoNotCount) {
    NodeTree tree;
    tree.link("/opt/gitlab/service/gitaly", "/opt/gitlab/sv/gitaly")
        .file(paths::registry_yml, "storage: {s3: {region: eu-1}}\n");
    EXPECT_THAT(tree.look(external_services), IsEmpty());
}

TEST(ExternalServices, SayWhatTheyCannotSee) {
    NodeTree tree;
    tree.file(paths::gitlab_yml, "production: [CANARY")
        .file(click_house, "x: 'CANARY")
        .file("/opt/gitlab/embedded/nodes/a.json", "{CANARY")
        .file(paths::registry_yml, "x", 0000);
    const Unprivileged nobody(tree);
    const auto found = tree.look(external_services);
    EXPECT_THAT(found, SizeIs(4));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, paths::gitlab_yml)));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, click_house)));
    EXPECT_THAT(found, Contains(gap(v1::Gap::DENIED, paths::registry_yml)));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

}  // namespace
}  // namespace preflight::probes
