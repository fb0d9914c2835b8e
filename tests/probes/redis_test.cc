// The probe `redis` against real servers: logins, TLS, roles, queues.

#include "probes/redis.h"

#include "tests/probes/fault_server.h"
#include "tests/probes/real_redis.h"
#include "tests/probes/redis_looks.h"
#include "tests/probes/test_authority.h"
#include "tests/probes/unprivileged.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string url(const RealRedis& server, std::string_view user = {}) {
    return "url: 'redis://" + std::string(user) + server.address() + "'";
}

TEST(Redis, SaysWhatAPlainServerIs) {
    const RealRedis server("maxmemory 100mb\nmaxmemory-policy noeviction\n");
    server.run({"SET", "a", "CANARY"});
    const auto look = look_with_resque(url(server));
    ASSERT_THAT(look.reaches(), SizeIs(1));
    const auto reach = look.reaches()[0];
    EXPECT_TRUE(reach.reached()) << reach.detail();
    EXPECT_EQ(reach.kind(), "redis");
    EXPECT_EQ(reach.address(), server.address());
    EXPECT_THAT(reach.uses(), ElementsAre("rails default"));
    EXPECT_GT(reach.round_trip_microseconds(), 0u);
    EXPECT_FALSE(reach.tls());
    ASSERT_THAT(look.servers(), SizeIs(1));
    const auto said = look.servers()[0];
    EXPECT_EQ(said.flavour(), v1::RedisServer::REDIS);
    EXPECT_THAT(said.version(), ::testing::StartsWith("7.0."));
    EXPECT_EQ(said.mode(), "standalone");
    EXPECT_EQ(said.role(), "master");
    EXPECT_EQ(said.last_save_status(), "ok");
    EXPECT_GT(said.last_save_at().seconds(), 0);
    EXPECT_TRUE(said.stops_writes_on_save_error());
    EXPECT_FALSE(said.append_only());
    EXPECT_GT(said.used_memory_bytes(), 0u);
    EXPECT_EQ(said.memory_limit_bytes(), 100u * 1024 * 1024);
    EXPECT_EQ(said.memory_policy(), "noeviction");
    EXPECT_GT(said.clients_limit(), 0u);
    EXPECT_EQ(said.keys(), 1u);
    EXPECT_THAT(said.denied(), IsEmpty());
    EXPECT_THAT(look.found, SizeIs(2));
}

TEST(Redis, AsksEqualEndpointsOnceAndJoinsTheirUses) {
    const RealRedis server("requirepass CANARY-pw\n");
    NodeTree tree;
    const std::string production = "production: {url: 'redis://:CANARY-pw@" + server.address() + "'}\n";
    tree.file(rails_etc + "/resque.yml", production).file(rails_etc + "/cable.yml", production);
    tree.file("/var/opt/gitlab/gitlab-workhorse/config.toml",
              "[redis]\nURL = \"redis://" + server.address() + "\"\nPassword = \"CANARY-pw\"\n");
    tree.file("/var/opt/gitlab/gitlab-kas/gitlab-kas-config.yml",
              "redis: {server: {address: '" + server.address() + "'}, password_file: /run/pw}\n");
    tree.file("/run/pw", "CANARY-pw\n", 0600);
    tree.file("/var/opt/gitlab/redis/redis.conf",
              "bind 127.0.0.1\nport " + std::to_string(server.port()) + "\nrequirepass \"CANARY-pw\"\n");
    const auto look = look_at_redis(tree);
    ASSERT_THAT(look.reaches(), SizeIs(1));
    EXPECT_TRUE(look.reaches()[0].reached()) << look.reaches()[0].detail();
    EXPECT_THAT(look.reaches()[0].uses(),
                ElementsAre("rails default", "rails cable", "workhorse", "gitlab-kas", "redis"));
    EXPECT_THAT(look.servers(), SizeIs(1));
    EXPECT_THAT(bytes_of(look.found), Not(HasSubstr("CANARY")));
}

TEST(Redis, SaysThatALoginIsRefused) {
    const RealRedis server("requirepass CANARY-pw\n");
    const RealRedis open;
    const auto refused = [](const RedisLook& look) {
        EXPECT_THAT(look.servers(), IsEmpty());
        EXPECT_THAT(bytes_of(look.found), Not(HasSubstr("CANARY")));
        EXPECT_EQ(look.reaches().at(0).failed_at(), v1::Reach::AUTHENTICATION);
        return look.reaches().at(0).detail();
    };
    EXPECT_THAT(refused(look_with_resque(url(server))), HasSubstr("NOAUTH"));
    EXPECT_THAT(refused(look_with_resque(url(server, ":CANARY-wrong@"))), HasSubstr("WRONGPASS"));
    EXPECT_THAT(refused(look_with_resque(url(server, "CANARY-user:CANARY-pw@"))), HasSubstr("WRONGPASS"));
    EXPECT_THAT(refused(look_with_resque(url(open, ":CANARY-pw@"))), HasSubstr("has none"));
}

// The log of slow commands says who sent each.
TEST(Redis, NamesItselfToTheServer) {
    const RealRedis server("slowlog-log-slower-than 0\nslowlog-max-len 500\n");
    EXPECT_TRUE(look_with_resque(url(server)).reaches().at(0).reached());
    const auto log = server.run({"SLOWLOG", "GET", "500"});
    EXPECT_THAT(log, ::testing::ContainsRegex("PING\n127[.]0[.]0[.]1:[0-9]+\ngitlab-preflight\n"));
    EXPECT_THAT(log, ::testing::ContainsRegex("INFO\n127[.]0[.]0[.]1:[0-9]+\ngitlab-preflight\n"));
}

TEST(Redis, GoesWithoutANameWhereItMayNotHaveOne) {
    const RealRedis renamed("rename-command CLIENT \"\"\n");
    const RealRedis denied("user watcher on >CANARY-pw ~* +@all -client\n");
    for (const auto& look :
         {look_with_resque(url(renamed)), look_with_resque(url(denied, "watcher:CANARY-pw@"))}) {
        EXPECT_TRUE(look.reaches().at(0).reached()) << look.reaches()[0].detail();
        EXPECT_THAT(look.servers().at(0).denied(), IsEmpty());
    }
}

// A server repeats the words of a command that it does not know.
TEST(Redis, NeverRepeatsWhatAServerSaysOfItsPassword) {
    const RealRedis server("rename-command AUTH \"\"\n");
    const auto look = look_with_resque(url(server, ":CANARY-pw@"));
    EXPECT_EQ(look.reaches().at(0).failed_at(), v1::Reach::AUTHENTICATION);
    EXPECT_THAT(bytes_of(look.found), Not(HasSubstr("CANARY")));
}

TEST(Redis, SaysNothingOfALoginThatItCannotKnow) {
    const RealRedis server("requirepass CANARY-pw\n");
    const auto look = look_with_resque(url(server) + ", config_command: '/bin/CANARY'");
    EXPECT_THAT(look.found, ElementsAre(gap(v1::Gap::DENIED, server.address())));
}

TEST(Redis, NamesWhatIsDeniedOrRenamed) {
    const RealRedis acl("user watcher on >CANARY-pw ~* +info +ping\n");
    const auto denied = look_with_resque(url(acl, "watcher:CANARY-pw@"));
    ASSERT_THAT(denied.servers(), SizeIs(1));
    EXPECT_TRUE(denied.reaches()[0].reached());
    EXPECT_THAT(denied.servers()[0].denied(), ElementsAre("CONFIG GET", "SMEMBERS", "ZCARD"));
    EXPECT_THAT(denied.servers()[0].version(), ::testing::StartsWith("7."));
    EXPECT_THAT(bytes_of(denied.found), Not(HasSubstr("CANARY")));

    const RealRedis renamed("rename-command CONFIG \"\"\nrename-command INFO hidden\n");
    const auto look = look_with_resque(url(renamed));
    EXPECT_THAT(look.servers().at(0).denied(), ElementsAre("INFO", "CONFIG GET"));
}

TEST(Redis, CountsSidekiqsWorkInTheQueuesInstance) {
    const RealRedis server;
    const RealRedis queues;
    queues.run({"SADD", "queues", "default", "mailers"});
    queues.run({"LPUSH", "queue:default", "CANARY", "CANARY"});
    queues.run({"ZADD", "schedule", "1", "CANARY"});
    queues.run({"ZADD", "resque:gitlab:retry", "1", "CANARY"});
    NodeTree tree;
    tree.file(rails_etc + "/resque.yml", "production: {" + url(server) + "}\n");
    tree.file(rails_etc + "/redis.queues.yml", "production: {" + url(queues) + "}\n");
    const auto look = look_at_redis(tree);
    ASSERT_THAT(look.servers(), SizeIs(2));
    EXPECT_THAT(look.servers()[0].sidekiq(), IsEmpty());
    const std::map<std::string, std::uint64_t> waiting(look.servers()[1].sidekiq().begin(),
                                                       look.servers()[1].sidekiq().end());
    const std::map<std::string, std::uint64_t> expected{
        {"queue:default", 2}, {"queue:mailers", 0}, {"schedule", 1}, {"retry", 1}, {"dead", 0}};
    EXPECT_EQ(waiting, expected);
    EXPECT_THAT(bytes_of(look.found), Not(HasSubstr("CANARY")));
}

TEST(Redis, SaysThatThereAreMoreQueuesThanItCounts) {
    const RealRedis server;
    std::vector<std::string> queues{"SADD", "queues"};
    for (int at = 0; at < 501; ++at) queues.push_back("q" + std::to_string(at));
    server.run(queues);
    const auto look = look_with_resque(url(server));
    EXPECT_THAT(look.servers().at(0).sidekiq(), SizeIs(503)) << "500, and three that are no queues";
    EXPECT_THAT(look.found, ::testing::Contains(gap(v1::Gap::TOO_LARGE, server.address())));
}

TEST(Redis, SelectsTheDatabaseOfTheUrl) {
    const RealRedis server("databases 4\n");
    server.run({"-n", "3", "SADD", "queues", "x"});
    const auto third = look_with_resque("url: 'redis://" + server.address() + "/3'").servers().at(0);
    EXPECT_TRUE(third.sidekiq().contains("queue:x"));
    const auto look = look_with_resque("url: 'redis://" + server.address() + "/9'");
    EXPECT_EQ(look.reaches().at(0).failed_at(), v1::Reach::DATABASE);
}

TEST(Redis, ComesOverASocket) {
    const RealRedis server;
    const auto look = look_with_resque("url: 'unix:" + server.socket() + "'");
    EXPECT_TRUE(look.reaches().at(0).reached());
    EXPECT_EQ(look.reaches().at(0).address(), server.socket());
    EXPECT_THAT(look.servers(), SizeIs(1));
}

TEST(Redis, SaysNothingOfASocketThatIsNotOpenToIt) {
    const RealRedis server("unixsocketperm 700\n");
    NodeTree tree;
    tree.file(rails_etc + "/resque.yml", "production: {url: 'unix:" + server.socket() + "'}\n");
    const Unprivileged nobody(tree);
    EXPECT_THAT(look_at_redis(tree).found, ElementsAre(gap(v1::Gap::DENIED, server.socket())));
}

TEST(Redis, ComesOverTlsAsTheServiceWould) {
    const TestAuthority authority;
    const auto issued = authority.issue("redis-1", "IP:127.0.0.1");
    const auto client = authority.issue("rails", "DNS:rails");
    const auto port = FaultServer::free_port();
    const RealRedis server("tls-port " + std::to_string(port) + "\ntls-cert-file " + issued.certificate_path +
                           "\ntls-key-file " + issued.key_path + "\ntls-ca-cert-file " + authority.path() +
                           "\ntls-auth-clients yes\n");
    const auto look_by = [&](const std::string& host, const std::string& params) {
        NodeTree tree;
        tree.file("/etc/gitlab/ssl/ca.crt", authority.pem())
            .file("/etc/gitlab/ssl/c.crt", client.certificate);
        tree.file("/etc/gitlab/ssl/c.key", client.key, 0600);
        tree.file(rails_etc + "/resque.yml", "production: {url: 'rediss://" + host + ":" +
                                                 std::to_string(port) + "', ssl_params: {" + params + "}}\n");
        return look_at_redis(tree);
    };
    const std::string ca = "ca_file: /etc/gitlab/ssl/ca.crt";
    const std::string own = ", cert_file: /etc/gitlab/ssl/c.crt, key_file: /etc/gitlab/ssl/c.key";

    const auto look = look_by("127.0.0.1", ca + own);
    const auto reach = look.reaches().at(0);
    EXPECT_TRUE(reach.reached()) << reach.detail();
    EXPECT_EQ(reach.tls_version(), "TLSv1.3");
    EXPECT_EQ(reach.certificate().subject(), "CN=redis-1");
    EXPECT_THAT(reach.certificate().names(), ElementsAre("127.0.0.1"));
    EXPECT_THAT(look.servers(), SizeIs(1));

    const auto failed = [](const RedisLook& look) {
        EXPECT_EQ(look.reaches().at(0).failed_at(), v1::Reach::TLS);
        EXPECT_FALSE(look.reaches().at(0).reached());
        EXPECT_TRUE(look.reaches().at(0).has_certificate());
        return look.reaches().at(0).detail();
    };
    EXPECT_THAT(failed(look_by("127.0.0.1", "")), HasSubstr("not trusted"));
    EXPECT_THAT(failed(look_by("localhost", ca + own)), HasSubstr("mismatch"));
    // The server's alert, or what is left of the connection where that was lost.
    EXPECT_THAT(failed(look_by("127.0.0.1", ca)), ::testing::ContainsRegex("by TLS|client's certificate"));
    const auto missing = look_by("127.0.0.1", "ca_file: /etc/gitlab/ssl/none.crt");
    EXPECT_THAT(missing.found, ElementsAre(gap(v1::Gap::ABSENT, "/etc/gitlab/ssl/none.crt")));
}

TEST(Redis, ShowsAMasterAndItsReplica) {
    const RealRedis master;
    const RealRedis replica("replicaof 127.0.0.1 " + std::to_string(master.port()) + "\n");
    ASSERT_TRUE(replica.wait_for({"INFO", "replication"}, "master_link_status:up"));
    master.run({"SET", "key", "value"});
    ASSERT_TRUE(master.wait_for({"INFO", "replication"}, std::regex("state=online,offset=[1-9]")));
    const auto of_master = look_with_resque(url(master)).servers().at(0);
    ASSERT_THAT(of_master.replicas(), SizeIs(1));
    EXPECT_EQ(of_master.replicas(0).address(), replica.address());
    EXPECT_EQ(of_master.replicas(0).state(), "online");
    EXPECT_GT(of_master.replicas(0).offset(), 0U);
    EXPECT_LT(of_master.replicas(0).lag_seconds(), 10U);
    const auto of_replica = look_with_resque(url(replica)).servers().at(0);
    EXPECT_EQ(of_replica.role(), "slave");
    EXPECT_EQ(of_replica.master(), master.address());
    EXPECT_EQ(of_replica.master_link(), "up");
    EXPECT_FALSE(of_replica.synchronising());
}

TEST(Redis, SaysThatAReplicaServesNobodyWithoutItsMaster) {
    const RealRedis replica("replicaof 127.0.0.1 " + std::to_string(FaultServer::free_port()) +
                            "\nreplica-serve-stale-data no\n");
    const auto look = look_with_resque(url(replica));
    EXPECT_EQ(look.reaches().at(0).failed_at(), v1::Reach::DATABASE);
    EXPECT_THAT(look.reaches().at(0).detail(), HasSubstr("MASTERDOWN"));
    EXPECT_EQ(look.servers().at(0).master_link(), "down");
    EXPECT_THAT(look.servers().at(0).denied(), ElementsAre("SMEMBERS", "ZCARD"));
}

}  // namespace
}  // namespace preflight::probes
