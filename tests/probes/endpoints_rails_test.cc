// What the probe `endpoints` finds of Rails: rendered files, what takes their place, and what is missed.

#include "probes/endpoints.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const std::string etc = "/var/opt/gitlab/gitlab-rails/etc";
const std::string attributes = "/opt/gitlab/embedded/nodes/web-1.mill.example.json";

void enable(NodeTree& tree, std::initializer_list<std::string_view> services) {
    for (const auto service : services) {
        const std::string name(service);
        tree.directory("/opt/gitlab/sv/" + name)
            .link("/opt/gitlab/service/" + name, "/opt/gitlab/sv/" + name);
    }
}

// One node with all of GitLab on it.
void fill(NodeTree& tree) {
    enable(tree, {"puma", "sidekiq", "postgresql", "redis", "gitaly"});
    tree.file(etc + "/database.yml",
              "production:\n  main: {host: /var/opt/gitlab/postgresql, port: 5432, database: gl, password: "
              "CANARY}\n");
    tree.file(etc + "/resque.yml", "production: {url: 'unix:/var/opt/gitlab/redis/redis.socket'}\n");
    tree.file(etc + "/gitlab.yml",
              "production: {repositories: {storages: {default: "
              "{gitaly_address: 'unix:/var/opt/gitlab/gitaly/gitaly.socket', gitaly_token: CANARY}}}}\n");
}

std::vector<v1::Finding> of_rails(const NodeTree& tree) {
    auto found = tree.look(endpoints);
    std::erase_if(found, [](const v1::Finding& finding) {
        const bool gap_of_rails =
            finding.has_gap() && finding.gap().affects().find("Rails") != std::string::npos;
        return !finding.has_postgres_endpoint() && !finding.has_redis_endpoint() &&
               !finding.has_gitaly_endpoint() && !gap_of_rails;
    });
    return found;
}

TEST(EndpointsOfRails, AreTheBundledServersOfASingleNode) {
    NodeTree tree;
    fill(tree);
    EXPECT_THAT(
        of_rails(tree),
        UnorderedElementsAre(
            finding(R"(postgres_endpoint { purpose: "main" service: "rails" host: "/var/opt/gitlab/postgresql"
                               port: 5432 database: "gl" placement: BUNDLED })"),
            finding(R"(redis_endpoint { purpose: "default" service: "rails" mode: SOCKET
                               socket: "/var/opt/gitlab/redis/redis.socket" placement: BUNDLED })"),
            finding(R"(gitaly_endpoint { storage: "default" socket: "/var/opt/gitlab/gitaly/gitaly.socket"
                               address: "unix:/var/opt/gitlab/gitaly/gitaly.socket" token_present: true
                               placement: BUNDLED })")));
}

TEST(EndpointsOfRails, NameTheirFileAndNoSecret) {
    NodeTree tree;
    fill(tree);
    const auto found = tree.look(endpoints);
    EXPECT_THAT(found, Contains(::testing::Property(&v1::Finding::source, etc + "/database.yml")));
    EXPECT_THAT(found, Each(::testing::Property(&v1::Finding::probe, "endpoints")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(EndpointsOfRails, AreElsewhereWhenTheyAreNoLoopback) {
    NodeTree tree;
    enable(tree, {"puma", "pgbouncer"});
    tree.file(etc + "/database.yml",
              "production: {main: {host: 127.0.0.1, port: 6432}, ci: {host: 10.8.0.5}}\n");
    tree.file(etc + "/resque.yml", "production: {url: 'redis://localhost'}\n");
    const auto found = of_rails(tree);
    EXPECT_THAT(found,
                Contains(finding(R"(postgres_endpoint { purpose: "main" service: "rails" host: "127.0.0.1"
                                           port: 6432 placement: BUNDLED })")));
    EXPECT_THAT(found, Contains(finding(R"(postgres_endpoint { purpose: "ci" service: "rails" host: "10.8.0.5"
                                           port: 5432 placement: REMOTE })")));
    EXPECT_THAT(found, Contains(finding(R"(redis_endpoint { purpose: "default" service: "rails" mode: TCP
                                           host: "localhost" port: 6379 placement: REMOTE })")));
}

TEST(EndpointsOfRails, IncludeTheTrackingDatabaseOfOlderGeoSecondaries) {
    NodeTree tree;
    fill(tree);
    enable(tree, {"geo-postgresql"});
    tree.file(etc + "/database_geo.yml",
              "production: {adapter: postgresql, host: /var/opt/gitlab/geo-postgresql, port: 5431, database: "
              "gl_geo}\n");
    EXPECT_THAT(of_rails(tree),
                Contains(finding(R"(postgres_endpoint { purpose: "geo" service: "rails" port: 5431
                                                   host: "/var/opt/gitlab/geo-postgresql" database: "gl_geo"
                                                   placement: BUNDLED })")));
}

TEST(EndpointsOfRails, AreMissedOnANodeWithPuma) {
    NodeTree tree;
    enable(tree, {"puma"});
    EXPECT_THAT(of_rails(tree), UnorderedElementsAre(gap(v1::Gap::ABSENT, etc + "/database.yml"),
                                                     gap(v1::Gap::ABSENT, etc + "/resque.yml"),
                                                     gap(v1::Gap::ABSENT, etc + "/gitlab.yml")));
}

TEST(EndpointsOfRails, AreMissedWhereGitlabYmlIsRendered) {
    NodeTree tree;
    fill(tree);
    tree.file(etc + "/resque.yml", "").file(etc + "/database.yml", "production: {main: {host: [}\n");
    EXPECT_THAT(of_rails(tree), AllOf(Contains(gap(v1::Gap::MALFORMED, etc + "/database.yml")),
                                      Contains(gap(v1::Gap::MALFORMED, etc + "/resque.yml"))));
}

TEST(EndpointsOfRails, AreNotInventedOnANodeWithoutRails) {
    NodeTree tree;
    enable(tree, {"gitaly", "consul"});
    EXPECT_THAT(of_rails(tree), IsEmpty());
    EXPECT_THAT(NodeTree().look(endpoints), IsEmpty());
}

TEST(EndpointsOfRails, HaveOneRedisForEachInstance) {
    NodeTree tree;
    fill(tree);
    tree.file(etc + "/redis.cache.yml", "production: {url: 'redis://c-1'}\n");
    tree.file(etc + "/redis.sessions.yml", "production: {url: 'redis://s-1'}\n");
    tree.file(etc + "/redis.yml", R"(production: {"sessions":{"url":"redis://s-2"}})");
    tree.file(etc + "/redis.Not-One.yml", "x")
        .file(etc + "/cable.yml", "production: {adapter: redis, url: 'redis://a-1'}\n");
    std::vector<std::string> hosts;
    for (const auto& found : of_rails(tree)) {
        const auto& redis = found.redis_endpoint();
        if (!redis.host().empty()) hosts.push_back(redis.purpose() + " " + redis.host());
    }
    EXPECT_THAT(hosts, UnorderedElementsAre("cache c-1", "sessions s-2", "cable a-1"));
}

TEST(EndpointsOfRails, AreSaidByTheAttributesWhereNothingIsRendered) {
    NodeTree tree;
    enable(tree, {"sidekiq"});
    tree.file(attributes, R"({"normal": {"gitlab": {"gitlab_rails": {
        "db_host": "10.8.0.20", "db_port": 6432, "db_database": "gl", "db_password": "CANARY",
        "databases": {"main": {"enable": true}, "ci": {"enable": true, "db_database_tasks": false}, "sec": {"enable": false}},
        "redis_host": "10.8.0.60", "redis_password": "CANARY", "redis_ssl": true,
        "redis_cache_instance": "redis://:CANARY@mill-cache", "redis_cache_sentinels": [{"host": "10.8.0.61"}],
        "redis_rate_limiting_cluster_nodes": [{"host": "10.8.0.71", "port": 7000}],
        "repositories_storages": {"default": {"gitaly_address": "tcp://10.8.0.40:8075", "gitaly_token": "CANARY"}}}}}})");
    const auto found = tree.look(endpoints);
    EXPECT_THAT(
        found,
        AllOf(Contains(gap(v1::Gap::ABSENT, etc + "/database.yml")),
              Contains(
                  finding(R"(postgres_endpoint { purpose: "main" service: "rails" host: "10.8.0.20" port: 6432
                                  database: "gl" placement: REMOTE })")),
              Contains(
                  finding(R"(postgres_endpoint { purpose: "ci" service: "rails" host: "10.8.0.20" port: 6432
                                  database: "gl" shares_main: true placement: REMOTE })")),
              Contains(
                  finding(R"(redis_endpoint { purpose: "default" service: "rails" mode: TLS host: "10.8.0.60"
                                  port: 6379 tls: true placement: REMOTE })")),
              Contains(finding(R"(redis_endpoint { purpose: "cache" service: "rails" mode: SENTINEL
                                  master_name: "mill-cache" nodes: "10.8.0.61:26379" placement: REMOTE })")),
              Contains(finding(R"(redis_endpoint { purpose: "rate_limiting" service: "rails" mode: CLUSTER
                                  nodes: "10.8.0.71:7000" placement: REMOTE })")),
              Contains(finding(R"(gitaly_endpoint { storage: "default" address: "tcp://10.8.0.40:8075"
                                  host: "10.8.0.40" port: 8075 token_present: true placement: REMOTE })"))));
    for (const auto& item : found) {
        if (item.has_postgres_endpoint()) {
            EXPECT_EQ(item.source(), attributes);
        }
    }
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(EndpointsOfRails, AreFoundInContainersAndSelfCompiledInstallations) {
    for (const std::string directory : {"/srv/gitlab/config", "/home/git/gitlab/config"}) {
        NodeTree tree;
        tree.file(directory + "/gitlab.yml",
                  "production: {repositories: {storages: {a: {gitaly_address: 'tcp://g:1'}}}}\n");
        tree.file(directory + "/database.yml", "production: {adapter: postgresql, host: db, database: gl}\n");
        tree.file(directory + "/resque.yml", "production: {url: 'redis://r'}\n");
        EXPECT_THAT(
            of_rails(tree),
            ElementsAre(finding(R"(postgres_endpoint { purpose: "main" service: "rails" host: "db" port: 5432
                                           database: "gl" placement: REMOTE })"),
                        finding(R"(redis_endpoint { purpose: "default" service: "rails" mode: TCP host: "r"
                                           port: 6379 placement: REMOTE })"),
                        finding(R"(gitaly_endpoint { storage: "a" address: "tcp://g:1" host: "g" port: 1
                                           placement: REMOTE })")))
            << directory;
    }
}

TEST(EndpointsOfRails, AreNotTakenFromTheVolumeOfADockerHost) {
    NodeTree tree;
    tree.file("/srv/gitlab/config/gitlab.rb", "external_url 'https://git.mill.example'\n");
    EXPECT_THAT(tree.look(endpoints), IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
