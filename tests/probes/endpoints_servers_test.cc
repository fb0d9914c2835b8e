// What the probe `endpoints` finds of this node's own servers and of the services beside Rails.

#include "probes/endpoints.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const std::string data = "/var/opt/gitlab/postgresql/data";

void enable(NodeTree& tree, std::initializer_list<std::string_view> services) {
    for (const auto service : services) {
        const std::string name(service);
        tree.directory("/opt/gitlab/sv/" + name)
            .link("/opt/gitlab/service/" + name, "/opt/gitlab/sv/" + name);
    }
}

constexpr std::string_view gitaly_toml =
    "listen_addr = '0.0.0.0:8075'\n[auth]\ntoken = 'CANARY'\n[[storage]]\nname = 'gitaly-1'\npath = "
    "'/data/git'\n";

TEST(EndpointsOfServers, ArePureGitaly) {
    NodeTree tree;
    enable(tree, {"gitaly", "consul", "node-exporter"});
    tree.file("/var/opt/gitlab/gitaly/config.toml", gitaly_toml);
    tree.file("/data/git/.gitaly-metadata", R"({"gitaly_filesystem_id":"5b2f"})");
    const auto found = tree.look(endpoints);
    EXPECT_THAT(found,
                ElementsAre(finding(R"(gitaly_server { storages { name: "gitaly-1" path: "/data/git"
                                              filesystem_id: "5b2f" } listen_address: "0.0.0.0:8075" token_present: true })"),
                            finding(R"(listener { service: "gitaly" address: "0.0.0.0" port: 8075 })")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(EndpointsOfServers, SayWhenADiskCannotBeToldFromAnother) {
    NodeTree tree;
    enable(tree, {"gitaly"});
    tree.file("/var/opt/gitlab/gitaly/config.toml", gitaly_toml).file("/data/git/.gitaly-metadata", "torn");
    EXPECT_THAT(tree.look(endpoints), Contains(gap(v1::Gap::MALFORMED, "/data/git/.gitaly-metadata")));
}

TEST(EndpointsOfServers, PassOverWhatADisabledServiceLeftBehind) {
    NodeTree tree;
    enable(tree, {"consul"});
    tree.file("/var/opt/gitlab/gitaly/config.toml", gitaly_toml).file(data + "/PG_VERSION", "14\n");
    tree.file("/var/opt/gitlab/redis/redis.conf", "port 6379\n");
    EXPECT_THAT(tree.look(endpoints), IsEmpty());
}

TEST(EndpointsOfServers, AreMissedWhereTheServiceIsEnabled) {
    NodeTree tree;
    enable(tree, {"gitaly", "praefect", "postgresql", "geo-postgresql", "patroni", "pgbouncer", "redis",
                  "sentinel", "registry", "gitlab-kas", "gitlab-workhorse"});
    const std::string root = "/var/opt/gitlab";
    EXPECT_THAT(tree.look(endpoints),
                UnorderedElementsAre(gap(v1::Gap::ABSENT, root + "/gitlab-workhorse/config.toml"),
                                     gap(v1::Gap::ABSENT, root + "/gitlab-kas/gitlab-kas-config.yml"),
                                     gap(v1::Gap::ABSENT, root + "/registry/config.yml"),
                                     gap(v1::Gap::ABSENT, root + "/gitaly/config.toml"),
                                     gap(v1::Gap::ABSENT, root + "/praefect/config.toml"),
                                     gap(v1::Gap::ABSENT, root + "/patroni/patroni.yaml"),
                                     gap(v1::Gap::ABSENT, data + "/PG_VERSION"),
                                     gap(v1::Gap::ABSENT, data + "/postgresql.conf"),
                                     gap(v1::Gap::ABSENT, root + "/geo-postgresql/data/PG_VERSION"),
                                     gap(v1::Gap::ABSENT, root + "/geo-postgresql/data/postgresql.conf"),
                                     gap(v1::Gap::ABSENT, root + "/pgbouncer/pgbouncer.ini"),
                                     gap(v1::Gap::ABSENT, root + "/redis/redis.conf"),
                                     gap(v1::Gap::ABSENT, root + "/sentinel/sentinel.conf")));
}

TEST(EndpointsOfServers, ArePraefectWithItsOwnDatabase) {
    NodeTree tree;
    enable(tree, {"praefect"});
    tree.file(
        "/var/opt/gitlab/praefect/config.toml",
        "listen_addr = 'localhost:2305'\n[database]\nhost = '10.8.0.141'\nport = 5432\ndbname = 'praefect'\n"
        "password = 'CANARY'\n[[virtual_storage]]\nname = 'default'\n[[virtual_storage.node]]\nstorage = "
        "'gitaly-1'\n"
        "address = 'tcp://10.8.0.41:8075'\n");
    EXPECT_THAT(
        tree.look(endpoints),
        ElementsAre(finding(R"(postgres_endpoint { purpose: "praefect" service: "praefect" host: "10.8.0.141"
                                       port: 5432 database: "praefect" placement: REMOTE })"),
                    finding(R"(listener { service: "praefect" address: "localhost" port: 2305 })"),
                    finding(R"(praefect_virtual_storage { name: "default" nodes { storage: "gitaly-1"
                                       address: "tcp://10.8.0.41:8075" } })")));
}

TEST(EndpointsOfServers, ArePostgresqlByItsFilesInTheirOrder) {
    NodeTree tree;
    enable(tree, {"postgresql"});
    tree.file(data + "/PG_VERSION", "16\n").file(data + "/standby.signal", "");
    tree.file(data + "/postgresql.conf",
              "listen_addresses = 'localhost'\nport = 5432\ninclude 'runtime.conf'\n");
    tree.file(data + "/runtime.conf", "listen_addresses = '10.8.0.51'\n");
    tree.file(data + "/postgresql.auto.conf", "port = '5439'\nprimary_conninfo = 'password=CANARY'\n");
    EXPECT_THAT(
        tree.look(endpoints),
        ElementsAre(
            finding(R"(postgres_server { purpose: "main" data_directory: "/var/opt/gitlab/postgresql/data"
                                       major: "16" standby: true })"),
            finding(R"(listener { service: "postgresql" address: "10.8.0.51" port: 5439 })")));
}

TEST(EndpointsOfServers, FollowADataDirectoryThatWasMoved) {
    NodeTree tree;
    enable(tree, {"postgresql", "geo-postgresql"});
    tree.file(
        "/opt/gitlab/embedded/nodes/db-1.json",
        R"({"normal": {"postgresql": {"dir": "/data/pg"}, "gitlab": {"geo_postgresql": {"dir": "/data/geo"}}}})");
    tree.file("/data/pg/data/PG_VERSION", "17\n")
        .file("/data/pg/data/postgresql.conf", "listen_addresses = ''\n");
    tree.file("/data/geo/data/PG_VERSION", "17\n")
        .file("/data/geo/data/postgresql.conf", "listen_addresses = '*'\nport = 5431\n");
    EXPECT_THAT(
        tree.look(endpoints),
        ElementsAre(
            finding(R"(postgres_server { purpose: "main" data_directory: "/data/pg/data" major: "17" })"),
            finding(R"(postgres_server { purpose: "geo" data_directory: "/data/geo/data" major: "17" })"),
            finding(R"(listener { service: "geo-postgresql" address: "0.0.0.0" port: 5431 })")));
}

TEST(EndpointsOfServers, ArePatroniAndPgbouncerOnOneNode) {
    NodeTree tree;
    enable(tree, {"patroni", "pgbouncer", "consul"});
    tree.file(
        "/var/opt/gitlab/patroni/patroni.yaml",
        "name: pg-1\nscope: ha\npostgresql: {listen: '0.0.0.0:5432', connect_address: '10.8.0.51:5432'}\n"
        "restapi: {connect_address: '10.8.0.51:8008', authentication: {password: CANARY}}\n");
    tree.file(data + "/PG_VERSION", "16\n")
        .file(data + "/postgresql.conf", "listen_addresses = 'localhost'\n");
    tree.file("/var/opt/gitlab/pgbouncer/pgbouncer.ini",
              "[pgbouncer]\nlisten_addr = *\n%include /var/opt/gitlab/pgbouncer/databases.ini\n");
    tree.file("/var/opt/gitlab/consul/databases.ini",
              "[databases]\ngl = host=127.0.0.1 auth_user=pgbouncer\n");
    EXPECT_THAT(
        tree.look(endpoints),
        UnorderedElementsAre(
            finding(R"(patroni_member { scope: "ha" name: "pg-1" connect_address: "10.8.0.51:5432"
                               rest_address: "10.8.0.51:8008" })"),
            finding(R"(listener { service: "postgresql" address: "0.0.0.0" port: 5432 })"),
            finding(R"(postgres_server { purpose: "main" data_directory: "/var/opt/gitlab/postgresql/data"
                               major: "16" })"),
            finding(R"(listener { service: "pgbouncer" address: "0.0.0.0" port: 6432 })"),
            finding(
                R"(postgres_endpoint { purpose: "pgbouncer" service: "pgbouncer" host: "127.0.0.1" port: 5432
                               database: "gl" user: "pgbouncer" placement: BUNDLED })")));
}

TEST(EndpointsOfServers, MissTheDatabasesBehindPgbouncer) {
    NodeTree tree;
    enable(tree, {"pgbouncer"});
    tree.file("/var/opt/gitlab/pgbouncer/pgbouncer.ini",
              "[pgbouncer]\n%include /var/opt/gitlab/pgbouncer/databases.ini\n");
    EXPECT_THAT(tree.look(endpoints),
                ElementsAre(gap(v1::Gap::MALFORMED, "/var/opt/gitlab/pgbouncer/pgbouncer.ini"),
                            gap(v1::Gap::ABSENT, "/var/opt/gitlab/pgbouncer/databases.ini")));
    tree.file("/var/opt/gitlab/pgbouncer/databases.ini", "[databases]\n");
    EXPECT_THAT(tree.look(endpoints),
                ElementsAre(gap(v1::Gap::MALFORMED, "/var/opt/gitlab/pgbouncer/pgbouncer.ini"),
                            gap(v1::Gap::MALFORMED, "/var/opt/gitlab/pgbouncer/pgbouncer.ini")));
}

TEST(EndpointsOfServers, AreNotInventedFromEmptyFiles) {
    NodeTree tree;
    enable(tree, {"postgresql", "pgbouncer", "redis", "sentinel", "gitlab-workhorse"});
    const std::string root = "/var/opt/gitlab";
    tree.file(data + "/PG_VERSION", "16\n").file(data + "/postgresql.conf", "# nothing\n");
    for (const auto* path : {"/pgbouncer/pgbouncer.ini", "/pgbouncer/databases.ini", "/redis/redis.conf",
                             "/sentinel/sentinel.conf", "/gitlab-workhorse/config.toml"}) {
        tree.file(root + path, "");
    }
    const auto found = tree.look(endpoints);
    for (const auto* path :
         {"/postgresql/data/postgresql.conf", "/pgbouncer/pgbouncer.ini", "/redis/redis.conf",
          "/sentinel/sentinel.conf", "/gitlab-workhorse/config.toml"}) {
        EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, root + path))) << path;
    }
    for (const auto& one : found) EXPECT_FALSE(one.has_listener()) << one.source();
}

TEST(EndpointsOfServers, AreThisNodesOwnUnderItsAddressAndName) {
    NodeTree tree;
    enable(tree, {"pgbouncer", "patroni"});
    tree.file("/etc/hostname", "pg-1\n").file("/etc/hosts", "10.8.0.51 pg-1.mill.example pg-1\n");
    tree.file("/var/opt/gitlab/pgbouncer/pgbouncer.ini",
              "[databases]\na = host=10.8.0.51\nb = host=PG-1.mill.example\nc = host=10.8.0.52\n"
              "[pgbouncer]\nlisten_addr = *\n");
    std::vector<v1::Placement> placements;
    for (const auto& one : tree.look(endpoints)) {
        if (one.has_postgres_endpoint()) placements.push_back(one.postgres_endpoint().placement());
    }
    EXPECT_THAT(placements, ElementsAre(v1::BUNDLED, v1::BUNDLED, v1::REMOTE));
}

TEST(EndpointsOfServers, AreRedisAndSentinel) {
    NodeTree tree;
    enable(tree, {"redis", "sentinel"});
    tree.file("/var/opt/gitlab/redis/redis.conf", "bind 10.8.0.61\nport 6379\nrequirepass CANARY\n");
    tree.file("/var/opt/gitlab/sentinel/sentinel.conf", "bind 10.8.0.61\nport 26379\n");
    EXPECT_THAT(tree.look(endpoints),
                ElementsAre(finding(R"(listener { service: "redis" address: "10.8.0.61" port: 6379 })"),
                            finding(R"(listener { service: "sentinel" address: "10.8.0.61" port: 26379 })")));
}

TEST(EndpointsOfServers, IncludeWhatServicesBesideRailsUse) {
    NodeTree tree;
    enable(tree, {"gitlab-workhorse", "gitlab-kas", "registry", "postgresql"});
    tree.file(data + "/PG_VERSION", "16\n").file(data + "/postgresql.conf", "listen_addresses = ''\n");
    tree.file("/var/opt/gitlab/gitlab-workhorse/config.toml", "[redis]\nURL = 'redis://:CANARY@10.8.0.60'\n");
    tree.file("/var/opt/gitlab/gitlab-kas/gitlab-kas-config.yml",
              "redis: {server: {address: '10.8.0.60:6379'}}\n");
    tree.file(
        "/var/opt/gitlab/registry/config.yml",
        R"(database: {"enabled":"prefer","host":"/var/opt/gitlab/postgresql","port":5432,"dbname":"registry"})");
    EXPECT_THAT(tree.look(endpoints),
                AllOf(Contains(finding(R"(redis_endpoint { purpose: "workhorse" service: "workhorse" mode: TCP
                                          host: "10.8.0.60" port: 6379 placement: REMOTE })")),
                      Contains(finding(R"(redis_endpoint { purpose: "kas" service: "gitlab-kas" mode: TCP
                                          host: "10.8.0.60" port: 6379 placement: REMOTE })")),
                      Contains(finding(R"(postgres_endpoint { purpose: "registry" service: "registry"
                                          host: "/var/opt/gitlab/postgresql" port: 5432 database: "registry"
                                          placement: BUNDLED })"))));
}

TEST(EndpointsOfServers, AreFoundWithoutASupervisor) {
    NodeTree tree;
    tree.file("/home/git/gitaly/config.toml", gitaly_toml);
    EXPECT_THAT(tree.look(endpoints),
                Contains(finding(R"(listener { service: "gitaly" address: "0.0.0.0" port: 8075 })")));
}

}  // namespace
}  // namespace preflight::probes
