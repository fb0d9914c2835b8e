#include "probes/certificates.h"

#include "probes/named_certificates.h"
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

// CN=git.mill.example, made with openssl req -x509, valid from Nov 23 01:31:03 2026 GMT to Nov 20 01:31:03
// 2036 GMT.
constexpr std::string_view certificate = R"(-----BEGIN CERTIFICATE-----
MIIBijCCATGgAwIBAgIUKi4rrZ6JLaaysH8U60M7jx+YXw4wCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQZ2l0Lm1pbGwuZXhhbXBsZTAeFw0yNjExMjMwMTMxMDNaFw0z
NjExMjAwMTMxMDNaMBsxGTAXBgNVBAMMEGdpdC5taWxsLmV4YW1wbGUwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQaTHtZA2pJtaOHI/jpRNDXC+H0yhVnQ109BHD3
gl4tKKHJyYH10+3tuyzF8oZ3NQ6j5KOkWPlBPCG4J3hCT9IKo1MwUTAdBgNVHQ4E
FgQUDyz6qdsWxrsVyl/cL8A2EZ77PDEwHwYDVR0jBBgwFoAUDyz6qdsWxrsVyl/c
L8A2EZ77PDEwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBC8wWY
g2iDIrsj+Ji+bulKKs8QiVQyOuNhM8EUl0SivQIgcW1vaQafmXvLiO4L/QBDWfpw
yOOuCOr/MfrJvtGUqF4=
-----END CERTIFICATE-----
)";
// CN=rsa.mill.example, made with openssl req -x509 -newkey rsa:1024.
constexpr std::string_view rsa_certificate = R"(-----BEGIN CERTIFICATE-----
MIICEjCCAXugAwIBAgIUV3vFnUsA52OnW4UYKYITdLDY070wDQYJKoZIhvcNAQEL
BQAwGzEZMBcGA1UEAwwQcnNhLm1pbGwuZXhhbXBsZTAeFw0yNjExMjMxMTQwMzNa
Fw0zNjExMjAxMTQwMzNaMBsxGTAXBgNVBAMMEHJzYS5taWxsLmV4YW1wbGUwgZ8w
DQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAL1Bq2OXSruVMijmfHe6/38YayCl+Jzl
5RPjhreu1qWtUnHyCW+p7OnjUPR0HruFUHbIvn/0wW5R6cIsRul+6vKbsie464Ck
3tlnmHXmV2PCtQ7rEmzC5rCgPLXfFxerhlgFikOCThwumrjGhJmnwgo2AQnTAVZ8
TqjvbbBr+UeFAgMBAAGjUzBRMB0GA1UdDgQWBBQzSAXVyf8eUkv4GwzJG7Ugjs8F
jDAfBgNVHSMEGDAWgBQzSAXVyf8eUkv4GwzJG7Ugjs8FjDAPBgNVHRMBAf8EBTAD
AQH/MA0GCSqGSIb3DQEBCwUAA4GBABk86t68c2TpdLXWoW/dK747ZcQP6PaSJQk1
kFWusycwY4Tx+ZgMOflkIsBErjXbcHfQqNDXsuF9K9CPWxcXRYtIbc3CySq2LN1/
dR1UfYdGH7iNe+Rx+5lzTWDJoWZQilODPUrAHF2SXI6qEtlCaivEaTZN4CVHqeOf
HPTMwWPS
-----END CERTIFICATE-----
)";
constexpr std::string_view key = "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n";

// "PATH SUBJECT place uses".
Texts texts(const Found& found) {
    Texts shown;
    for (const auto& one : all(found, &v1::Finding::has_certificate_file, &v1::Finding::certificate_file)) {
        std::string uses;
        for (const auto& use : one.used_by()) uses += " " + use;
        shown.push_back(one.path() + " " + one.certificate().subject() + " " + std::to_string(one.place()) +
                        uses);
    }
    return shown;
}

TEST(Certificates, AreFoundWhereTheyLieAndWhereTheyAreNamed) {
    NodeTree tree;
    tree.file("/etc/gitlab/ssl/git.crt", certificate)
        .file("/etc/gitlab/ssl/git.key", key)
        .file("/etc/gitlab/ssl/only-key.pem", key)
        .file("/etc/gitlab/trusted-certs/two.pem", std::string(certificate) + std::string(certificate))
        .file("/srv/gitaly.pem", certificate)
        .file("/var/opt/gitlab/nginx/conf/service_conf/gitlab-rails.conf",
              "server {\n  ssl_certificate /etc/gitlab/ssl/git.crt;\n  ssl_certificate_key "
              "/etc/gitlab/ssl/git.key;\n}\n")
        .file(paths::gitaly_toml, "[auth]\ntoken = 'CANARY'\n[tls]\ncertificate_path = '/srv/gitaly.pem'\n")
        .file(paths::registry_yml,
              "auth: {token: {rootcertbundle: /etc/gitlab/ssl/git.crt}}\nhttp: {secret: CANARY}\n");
    const auto found = tree.look(certificates);
    EXPECT_THAT(texts(found), ElementsAre("/etc/gitlab/ssl/git.crt CN=git.mill.example 0 nginx registry",
                                          "/etc/gitlab/trusted-certs/two.pem CN=git.mill.example 0 trusted",
                                          "/etc/gitlab/trusted-certs/two.pem CN=git.mill.example 1 trusted",
                                          "/srv/gitaly.pem CN=git.mill.example 0 gitaly"));
    EXPECT_EQ(found.at(0).certificate_file().certificate().not_after().seconds(), 2110757463);
    // As openssl x509 -fingerprint -sha256 says it.
    EXPECT_EQ(found.at(0).certificate_file().certificate().fingerprint(),
              "5bdd4f40d7f30633cea582ba8e84ef5ca67102cc386c38e4c98bd89fbbce6e87");
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    EXPECT_THAT(found, Not(Contains(testing::Property(&v1::Finding::has_gap, true))));
}

TEST(Certificates, TellHowLargeAnRsaKeyIs) {
    NodeTree tree;
    tree.file("/etc/gitlab/ssl/curve.crt", certificate).file("/etc/gitlab/ssl/rsa.crt", rsa_certificate);
    const auto found =
        all(tree.look(certificates), &v1::Finding::has_certificate_file, &v1::Finding::certificate_file);
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_TRUE(found.at(0).certificate().has_rsa_bits());
    EXPECT_EQ(found.at(0).certificate().rsa_bits(), 0U) << "a key of another kind";
    EXPECT_EQ(found.at(1).certificate().rsa_bits(), 1024U);
}

TEST(Certificates, ThatAreNamedAndNotThereAreGaps) {
    NodeTree tree;
    tree.file("/var/opt/gitlab/nginx/conf/gitlab-http.conf", "ssl_certificate /etc/gitlab/ssl/gone.crt;\n")
        .file("/etc/gitlab/ssl/torn.crt", certificate.substr(0, 200))
        .file("/etc/gitlab/ssl/text.crt", "CANARY")
        .fifo("/etc/gitlab/ssl/pipe.crt")
        .file(paths::praefect_toml, "[tls")
        .file("/etc/gitlab/ssl/large.crt", std::string(2'000'000, 'x'));
    const auto found = tree.look(certificates);
    EXPECT_THAT(found, Contains(gap(v1::Gap::ABSENT, "/etc/gitlab/ssl/gone.crt")));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, "/etc/gitlab/ssl/torn.crt")));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, "/etc/gitlab/ssl/text.crt")));
    EXPECT_THAT(found, Contains(gap(v1::Gap::REFUSED, "/etc/gitlab/ssl/pipe.crt")));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, paths::praefect_toml)));
    EXPECT_THAT(found, Contains(gap(v1::Gap::TOO_LARGE, "/etc/gitlab/ssl/large.crt")));
    EXPECT_THAT(found, SizeIs(6));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Certificates, MayBeNamedInMoreFilesThanAreRead) {
    NodeTree tree;
    const std::string conf = "/var/opt/gitlab/nginx/conf";
    for (int at = 100; at < 200; ++at) tree.file(conf + "/" + std::to_string(at) + ".conf", "");
    EXPECT_THAT(tree.look(certificates), Not(Contains(gap(v1::Gap::DROPPED))));
    tree.file(conf + "/200.conf", "ssl_certificate /etc/gitlab/ssl/git.crt;\n");
    EXPECT_THAT(tree.look(certificates), Contains(gap(v1::Gap::DROPPED, conf)));
}

TEST(Certificates, ThatMayNotBeReadAreGaps) {
    NodeTree tree;
    tree.file("/etc/gitlab/ssl/git.crt", certificate, 0000);
    const Unprivileged nobody(tree);
    EXPECT_THAT(tree.look(certificates), ElementsAre(gap(v1::Gap::DENIED, "/etc/gitlab/ssl/git.crt")));
}

TEST(Certificates, AreToldUpToALimit) {
    NodeTree tree;
    for (int at = 0; at < 310; ++at)
        tree.file("/etc/gitlab/trusted-certs/" + std::to_string(at) + ".crt", certificate);
    const auto found = tree.look(certificates);
    EXPECT_THAT(texts(found), SizeIs(300));
    EXPECT_EQ(found.back().gap().cause(), v1::Gap::DROPPED);
    NodeTree bundle;
    std::string many;
    for (int at = 0; at < 151; ++at) many += certificate;
    bundle.file("/etc/gitlab/trusted-certs/a.crt", many).file("/etc/gitlab/trusted-certs/b.crt", many);
    EXPECT_EQ(bundle.look(certificates).back().gap().cause(), v1::Gap::DROPPED);
    NodeTree large;
    large.file("/etc/gitlab/trusted-certs/all.crt", many + many);
    EXPECT_THAT(large.look(certificates), Contains(gap(v1::Gap::DROPPED)));
}

TEST(Certificates, OfNginxAreReadFromItsOwnWords) {
    EXPECT_THAT(certificates_of_nginx(
                    "ssl_certificate '/a b.crt';\n# ssl_certificate /no.crt;\n"
                    "ssl_certificate /$host.crt;\nssl_certificate \"/c.crt\"; ssl_certificate_key /d;\n"
                    "ssl_trusted_certificate /e.crt;\nssl_certificate;\nssl_certificate data:CANARY;\n"),
                ElementsAre("/c.crt", "/e.crt"));
}

TEST(Certificates, AreNotLookedForWithoutGitlab) { EXPECT_THAT(NodeTree().look(certificates), IsEmpty()); }

}  // namespace
}  // namespace preflight::probes
