// Where rendered files, attributes and gitlab.rb of one node do not agree.

#include "probes/endpoints.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const std::string etc = "/var/opt/gitlab/gitlab-rails/etc";
const std::string attributes = "/opt/gitlab/embedded/nodes/web-1.json";

// Rails whose main database is 10.8.0.20:5432 and whose rate limits lie in a Redis cluster.
void fill(NodeTree& tree) {
    tree.file(etc + "/database.yml", "production: {main: {host: 10.8.0.20, port: 5432, database: gl}}\n");
    tree.file(etc + "/resque.yml", "production: {url: 'redis://:CANARY@10.8.0.60'}\n");
    tree.file(etc + "/redis.rate_limiting.yml",
              "production: {password: CANARY, cluster: [{host: 10.8.0.71}]}\n");
    tree.file(etc + "/gitlab.yml",
              "production: {repositories: {storages: {default: {gitaly_address: 'tcp://g-1:8075'}}}}\n");
}

// "WHAT OTHER" of each difference.
std::vector<std::string> differences(const NodeTree& tree) {
    std::vector<std::string> texts;
    for (const auto& finding : tree.look(endpoints)) {
        if (finding.has_difference())
            texts.push_back(finding.difference().what() + " " + finding.difference().other());
    }
    return texts;
}

TEST(EndpointDifferences, AreFoundAgainstGitlabRb) {
    NodeTree tree;
    fill(tree);
    tree.file("/etc/gitlab/gitlab.rb",
              "gitlab_rails['db_host'] = '10.8.0.99'\ngitlab_rails['db_port'] = 5432\n"
              "gitlab_rails['redis_host'] = '10.8.0.98'\ngitlab_rails['redis_password'] = 'CANARY'\n");
    EXPECT_THAT(differences(tree), UnorderedElementsAre("postgresql.main.host /etc/gitlab/gitlab.rb",
                                                        "redis.default.host /etc/gitlab/gitlab.rb",
                                                        "redis.rate_limiting.cluster /etc/gitlab/gitlab.rb"));
    EXPECT_THAT(bytes_of(tree.look(endpoints)), Not(HasSubstr("CANARY")));
}

TEST(EndpointDifferences, RepeatNoValueThatIsNeitherHostNorName) {
    NodeTree tree;
    fill(tree);
    tree.file("/etc/gitlab/gitlab.rb",
              "gitlab_rails['db_host'] = 'u:CANARY@h'\ngitlab_rails['db_port'] = 'CANARY'\n"
              "gitlab_rails['db_database'] = 'x password=CANARY'\ngitlab_rails['redis_host'] = 'a:CANARY:b'\n"
              "gitlab_rails['redis_port'] = 'CANARY'\n");
    const auto found = tree.look(endpoints);
    EXPECT_THAT(found, ::testing::Contains(finding(R"(difference { kind: SETTING what: "postgresql.main.host"
                                               used: "/var/opt/gitlab/gitlab-rails/etc/database.yml"
                                               other: "/etc/gitlab/gitlab.rb"
                                               detail: "used: 10.8.0.20; there: another value" })")));
    EXPECT_THAT(differences(tree), ::testing::SizeIs(6));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(EndpointDifferences, SayBothValues) {
    NodeTree tree;
    fill(tree);
    tree.file(
        "/etc/gitlab/gitlab.rb",
        "gitlab_rails['db_host'] = '10.8.0.99'\ngitlab_rails['redis_rate_limiting_cluster_nodes'] = []\n");
    EXPECT_THAT(tree.look(endpoints),
                ::testing::Contains(finding(R"(difference { kind: SETTING what: "postgresql.main.host"
                                               used: "/var/opt/gitlab/gitlab-rails/etc/database.yml"
                                               other: "/etc/gitlab/gitlab.rb"
                                               detail: "used: 10.8.0.20; there: 10.8.0.99" })")));
}

TEST(EndpointDifferences, AreNoneWhereGitlabRbComputesOrIsSilent) {
    NodeTree tree;
    fill(tree);
    tree.file("/etc/gitlab/gitlab.rb",
              "external_url 'https://git.mill.example'\ngitlab_rails['db_host'] = ENV['DB']\n"
              "gitlab_rails['redis_rate_limiting_cluster_nodes'] = [{ host: '10.8.0.71' }]\n");
    EXPECT_THAT(differences(tree), IsEmpty());
}

TEST(EndpointDifferences, AreUnsureWhereGitlabRbTakesInOtherFiles) {
    NodeTree tree;
    fill(tree);
    tree.file("/etc/gitlab/gitlab.rb", "from_file '/etc/gitlab/redis.rb'\n");
    EXPECT_THAT(differences(tree), IsEmpty());
}

TEST(EndpointDifferences, AreFoundAgainstTheAttributes) {
    NodeTree tree;
    fill(tree);
    tree.file(attributes, R"({"normal": {"gitlab": {"gitlab_rails": {
        "db_host": "10.8.0.20", "db_port": 6432, "db_database": "gl", "redis_host": "10.8.0.60",
        "redis_rate_limiting_cluster_nodes": [{"host": "10.8.0.72"}],
        "repositories_storages": {"default": {"gitaly_address": "tcp://g-2:8075", "gitaly_token": "CANARY"}}}}}})");
    EXPECT_THAT(differences(tree), UnorderedElementsAre("postgresql.main.port " + attributes,
                                                        "redis.rate_limiting.cluster " + attributes,
                                                        "gitaly.default " + attributes));
}

TEST(EndpointDifferences, AreNotSoughtInAnUnfinishedReconfigure) {
    NodeTree tree;
    fill(tree);
    tree.file(attributes,
              R"({"default": {"gitlab": {"gitlab_rails": {"db_host": "10.8.0.99", "db_database": "gl"}}}})");
    EXPECT_THAT(differences(tree), IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
