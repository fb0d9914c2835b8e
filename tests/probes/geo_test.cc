#include "probes/geo.h"

#include "probes/geo_evidence.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr auto cluster_file = "/etc/gitlab/gitlab-cluster.json";
constexpr auto attributes_file = "/opt/gitlab/embedded/nodes/web1.example.test.json";
constexpr auto database_file = "/var/opt/gitlab/gitlab-rails/etc/database.yml";
constexpr auto secondary_database =
    "production:\n  main:\n    host: 10.0.0.1\n    password: CANARY-1\n  geo:\n    host: 10.0.0.2\n    "
    "password: CANARY-2\n";

// What a node with gitlab.yml and without an SSH server says besides.
::testing::Matcher<const v1::Finding&> settings(const std::string& more) {
    return finding("site_settings { sshd_known: true " + more + " }");
}

TEST(Geo, FindsNothingWhereNothingSpeaksOfIt) {
    EXPECT_THAT(NodeTree().look(geo), ElementsAre(finding("geo_role { role: NOT_CONFIGURED }")));
}

TEST(Geo, ReadsTheRoleOfTheLastReconfigure) {
    NodeTree tree;
    tree.file(attributes_file,
              R"({"normal": {"roles": {"geo_primary": {"enable": true}}, "secret": "CANARY-3"}})");
    EXPECT_THAT(tree.look(geo), ElementsAre(finding(R"(geo_role { role: PRIMARY
        source: "/opt/gitlab/embedded/nodes/web1.example.test.json" })")));
}

TEST(Geo, ReadsGitlabRbWhereThereIsNothingElse) {
    NodeTree tree;
    tree.file("/etc/gitlab/gitlab.rb", "roles(['geo_secondary_role'])\n");
    EXPECT_THAT(tree.look(geo),
                ElementsAre(finding(R"(geo_role { role: SECONDARY source: "/etc/gitlab/gitlab.rb" })")));
}

TEST(Geo, KnowsASecondaryByItsTrackingDatabaseAndServices) {
    NodeTree tree;
    tree.file(database_file, secondary_database)
        .link("/opt/gitlab/service/geo-logcursor", "/opt/gitlab/sv/geo-logcursor")
        .file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml", "production:\n  geo:\n    node_name: London\n");
    const auto found = tree.look(geo);
    EXPECT_THAT(found, ElementsAre(finding(R"(geo_role { role: SECONDARY
        source: "/var/opt/gitlab/gitlab-rails/etc/database.yml" site_name: "London"
        evidence: "/opt/gitlab/service/geo-logcursor: secondary"
        evidence: "/var/opt/gitlab/gitlab-rails/etc/gitlab.yml: site name" })"),
                                   settings("")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Geo, BelievesAPromotionOverGitlabRb) {
    NodeTree tree;
    tree.file(cluster_file, R"({"primary": true, "secondary": false})")
        .file("/etc/gitlab/gitlab.rb", "roles ['geo_secondary_role']\n");
    EXPECT_THAT(tree.look(geo),
                ElementsAre(finding(R"(geo_role { role: PRIMARY source: "/etc/gitlab/gitlab-cluster.json"
        contradictions: "/etc/gitlab/gitlab.rb: secondary" })")));
}

TEST(Geo, NeverGuessesBehindATornOverride) {
    for (const auto* text :
         {"", "{\"primary\": tr", "[]", R"({"primary": "yes"})", R"({"primary": true, "secondary": true})"}) {
        NodeTree tree;
        tree.file(cluster_file, text).file("/etc/gitlab/gitlab.rb", "roles ['geo_secondary_role']\n");
        EXPECT_THAT(tree.look(geo),
                    ElementsAre(finding(R"(geo_role { source: "/etc/gitlab/gitlab-cluster.json"
                                                           evidence: "/etc/gitlab/gitlab.rb: secondary" })"),
                                gap(v1::Gap::MALFORMED, cluster_file)))
            << text;
    }
}

TEST(Geo, DoesNotKnowTheRoleThatAnOverrideTookAway) {
    NodeTree tree;
    tree.file(cluster_file, R"({"secondary": false})")
        .file("/etc/gitlab/gitlab.rb", "roles ['geo_secondary_role']\n");
    const auto found = tree.look(geo);
    EXPECT_EQ(found.at(0).geo_role().role(), v1::GeoRole::ROLE_UNSPECIFIED);
    EXPECT_EQ(found.at(0).geo_role().source(), cluster_file);
    EXPECT_THAT(found, Contains(gap(v1::Gap::FAILED, cluster_file)));
}

TEST(Geo, PassesOverAnOverrideOfOtherThings) {
    NodeTree tree;
    tree.file(cluster_file, R"({"patroni": {"standby_cluster": {"enable": false}}})");
    EXPECT_THAT(tree.look(geo), ElementsAre(finding("geo_role { role: NOT_CONFIGURED }")));
}

TEST(Geo, KnowsAStandbyCluster) {
    NodeTree tree;
    tree.file("/var/opt/gitlab/patroni/patroni.yaml",
              "scope: pg\nbootstrap:\n  dcs:\n    standby_cluster:\n      host: 10.1.0.1\n");
    EXPECT_THAT(tree.look(geo), ElementsAre(finding(R"(geo_role { role: SECONDARY
        source: "/var/opt/gitlab/patroni/patroni.yaml" })")));
}

TEST(Geo, DoesNotTakeAReplicaOfTheSiteForASecondary) {
    NodeTree tree;
    tree.file("/var/opt/gitlab/postgresql/data/standby.signal", "");
    EXPECT_THAT(tree.look(geo), ElementsAre(finding("geo_role { role: NOT_CONFIGURED }")));
}

TEST(Geo, SaysThatItDoesNotKnowWhenASourceCannotBeRead) {
    NodeTree tree;
    tree.fifo(database_file);
    EXPECT_THAT(tree.look(geo), ElementsAre(finding("geo_role {}"), gap(v1::Gap::REFUSED, database_file)));
    NodeTree computed;
    computed.file("/etc/gitlab/gitlab.rb", "roles ENV['ROLES'].split\n");
    EXPECT_THAT(computed.look(geo),
                ElementsAre(finding("geo_role {}"), gap(v1::Gap::FAILED, "/etc/gitlab/gitlab.rb")));
}

TEST(Geo, SaysThatItDoesNotKnowANamedSiteWithoutARole) {
    NodeTree tree;
    tree.file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml", "production:\n  geo:\n    node_name: London\n");
    const auto found = tree.look(geo);
    EXPECT_EQ(found.at(0).geo_role().role(), v1::GeoRole::ROLE_UNSPECIFIED);
    ASSERT_THAT(found, SizeIs(3));
    EXPECT_THAT(found[1], gap(v1::Gap::FAILED));
    EXPECT_EQ(found[1].gap().affects(), "Geo role");
}

TEST(Geo, CutsTheUserFromTheNameOfASite) {
    NodeTree tree;
    const std::string yml = "/var/opt/gitlab/gitlab-rails/etc/gitlab.yml";
    tree.file(yml, "production: {geo: {node_name: 'https://u:CANARY@git.mill.example/'}}\n");
    EXPECT_EQ(tree.look(geo).at(0).geo_role().site_name(), "https://git.mill.example/");
    tree.file(yml, "production: {geo: {node_name: 'London password=CANARY'}}\n");
    EXPECT_THAT(tree.look(geo),
                ElementsAre(finding("geo_role {}"), gap(v1::Gap::MALFORMED, yml), settings("")));
}

TEST(Geo, SaysWhatMustBeEqualOnAllSites) {
    NodeTree tree;
    tree.file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml",
              "production: {gitlab: {host: git.mill.example, port: 8443, https: true, relative_url_root: "
              "/gitlab/}}\n")
        .file("/etc/ssh/sshd_config",
              "Include /etc/ssh/sshd_config.d/*.conf\nAuthorizedKeysCommandUser git\n")
        .file("/etc/ssh/sshd_config.d/git.conf",
              "Match User git\n  AuthorizedKeysCommand /opt/gitlab/bin/check git --token=CANARY %u %k\n")
        .link("/opt/gitlab/service/gitlab-sshd", "/opt/gitlab/sv/gitlab-sshd");
    const auto found = tree.look(geo);
    EXPECT_THAT(found, Contains(settings("sshd: true gitlab_sshd: true key_commands: '/opt/gitlab/bin/check' "
                                         "external_url: 'https://git.mill.example:8443/gitlab'")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Geo, MissesWhatMustBeEqualWhereItCannotBeRead) {
    NodeTree tree;
    tree.file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml", "production: {gitlab: {host: git.example}}\n")
        .fifo("/etc/ssh/sshd_config");
    const auto found = tree.look(geo);
    EXPECT_THAT(found, Contains(gap(v1::Gap::REFUSED, "/etc/ssh/sshd_config")));
    EXPECT_THAT(found, Contains(finding("site_settings { external_url: 'http://git.example' }")));
    NodeTree bare;
    bare.link("/opt/gitlab/service/puma", "/opt/gitlab/sv/puma");
    const auto unseen = bare.look(geo);
    EXPECT_THAT(unseen, Contains(gap(v1::Gap::ABSENT, "/var/opt/gitlab/gitlab-rails/etc/gitlab.yml")));
    EXPECT_THAT(unseen, Contains(settings("")));
}

TEST(Geo, TellsBothRolesInOneSource) {
    NodeTree tree;
    tree.file("/etc/gitlab/gitlab.rb", "roles ['geo_primary_role', 'geo_secondary_role']\n");
    EXPECT_THAT(tree.look(geo), ElementsAre(finding(R"(geo_role { source: "/etc/gitlab/gitlab.rb"
        contradictions: "/etc/gitlab/gitlab.rb: both roles at once" })"),
                                            gap(v1::Gap::FAILED, "/etc/gitlab/gitlab.rb")));
}

}  // namespace
}  // namespace preflight::probes
