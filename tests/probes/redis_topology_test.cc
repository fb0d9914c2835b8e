// The probe `redis` behind real Sentinels, and with a real cluster of one node.

#include "tests/probes/fault_server.h"
#include "tests/probes/real_redis.h"
#include "tests/probes/redis_looks.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string monitor(const RealRedis& master, int quorum) {
    return "sentinel monitor mill-redis 127.0.0.1 " + std::to_string(master.port()) + " " +
           std::to_string(quorum) + "\nsentinel auth-pass mill-redis CANARY-pw\n";
}

std::string node(const RealRedis& sentinel) {
    return "{host: 127.0.0.1, port: " + std::to_string(sentinel.port()) + "}";
}

TEST(RedisBehindSentinels, IsTheMasterThatTheyName) {
    const RealRedis master("requirepass CANARY-pw\n");
    const RealRedis one(monitor(master, 2), RealRedis::Kind::sentinel);
    const RealRedis two(monitor(master, 2), RealRedis::Kind::sentinel);
    const RealRedis three(monitor(master, 2), RealRedis::Kind::sentinel);
    for (const auto* sentinel : {&one, &two, &three})
        ASSERT_TRUE(sentinel->wait_for({"SENTINEL", "CKQUORUM", "mill-redis"}, "OK 3 usable"));
    const auto look = look_with_resque("url: 'redis://:CANARY-pw@mill-redis', sentinels: [" + node(one) +
                                       ", " + node(two) + ", " + node(three) + "]");
    ASSERT_THAT(look.reaches(), SizeIs(4));
    EXPECT_EQ(look.reaches()[0].kind(), "sentinel");
    EXPECT_EQ(look.reaches()[3].kind(), "redis");
    for (const auto& reach : look.reaches()) EXPECT_TRUE(reach.reached()) << reach.detail();
    ASSERT_THAT(look.sentinels(), SizeIs(3));
    const auto said = look.sentinels()[0];
    EXPECT_THAT(said.version(), StartsWith("7.0."));
    ASSERT_THAT(said.masters(), SizeIs(1));
    EXPECT_EQ(said.masters(0).name(), "mill-redis");
    EXPECT_EQ(said.masters(0).address(), master.address());
    EXPECT_EQ(said.masters(0).flags(), "master");
    EXPECT_EQ(said.masters(0).quorum(), 2u);
    EXPECT_TRUE(said.masters(0).quorum_reached());
    EXPECT_THAT(said.masters(0).quorum_answer(), StartsWith("OK 3 usable Sentinels"));
    EXPECT_THAT(said.masters(0).sentinels(), ::testing::UnorderedElementsAre(two.address(), three.address()));
    EXPECT_THAT(said.denied(), IsEmpty());
    ASSERT_THAT(look.servers(), SizeIs(1));
    EXPECT_EQ(look.servers()[0].address(), master.address());
    EXPECT_THAT(look.servers()[0].uses(), ElementsAre("rails default"));
    EXPECT_THAT(bytes_of(look.found), Not(HasSubstr("CANARY")));
}

TEST(RedisBehindSentinels, HasNoQuorumOfOneOfTwo) {
    const RealRedis master("requirepass CANARY-pw\n");
    const RealRedis sentinel(monitor(master, 2), RealRedis::Kind::sentinel);
    const auto look =
        look_with_resque("url: 'redis://:CANARY-pw@mill-redis', sentinels: [" + node(sentinel) + "]");
    const auto said = look.sentinels().at(0).masters(0);
    EXPECT_FALSE(said.quorum_reached());
    EXPECT_THAT(said.quorum_answer(), StartsWith("NOQUORUM"));
}

TEST(RedisBehindSentinels, IsNotFoundByAnUnknownName) {
    const RealRedis master("requirepass CANARY-pw\n");
    const RealRedis sentinel(monitor(master, 1), RealRedis::Kind::sentinel);
    const auto look = look_with_resque("url: 'redis://other-redis', sentinels: [" + node(sentinel) + "]");
    EXPECT_EQ(look.reaches().at(0).failed_at(), v1::Reach::DATABASE);
    EXPECT_THAT(look.reaches().at(0).detail(), HasSubstr("other-redis"));
    EXPECT_THAT(look.sentinels(), SizeIs(1));
    EXPECT_THAT(look.servers(), IsEmpty());
}

TEST(RedisBehindSentinels, NeedsTheirPasswordToo) {
    const RealRedis master("requirepass CANARY-pw\n");
    const RealRedis sentinel(monitor(master, 1) + "requirepass CANARY-sentinel\n", RealRedis::Kind::sentinel);
    const std::string production =
        "url: 'redis://:CANARY-pw@mill-redis', sentinels: [" + node(sentinel) + "]";
    const auto refused = look_with_resque(production);
    EXPECT_EQ(refused.reaches().at(0).failed_at(), v1::Reach::AUTHENTICATION);
    const auto look = look_with_resque(production + ", sentinel_password: CANARY-sentinel");
    ASSERT_THAT(look.reaches(), SizeIs(2));
    EXPECT_TRUE(look.reaches()[0].reached()) << look.reaches()[0].detail();
    EXPECT_TRUE(look.reaches()[1].reached()) << look.reaches()[1].detail();
    EXPECT_THAT(bytes_of(look.found), Not(HasSubstr("CANARY")));
}

TEST(RedisBehindSentinels, IsAskedForWhereASentinelRunsItself) {
    const RealRedis master("requirepass CANARY-pw\n");
    const RealRedis sentinel(monitor(master, 1), RealRedis::Kind::sentinel);
    NodeTree tree;
    tree.file("/var/opt/gitlab/sentinel/sentinel.conf",
              "bind 0.0.0.0\nport " + std::to_string(sentinel.port()) + "\n" + monitor(master, 1));
    const auto look = look_at_redis(tree);
    EXPECT_THAT(look.reaches().at(0).uses(), ElementsAre("sentinel"));
    EXPECT_EQ(look.sentinels().at(0).masters(0).name(), "mill-redis");
    EXPECT_THAT(bytes_of(look.found), Not(HasSubstr("CANARY")));
}

TEST(RedisBehindSentinels, IsMissedWhereAPlainServerStandsForOne) {
    const RealRedis server;
    const auto look = look_with_resque("url: 'redis://mill-redis', sentinels: [" + node(server) + "]");
    EXPECT_EQ(look.reaches().at(0).failed_at(), v1::Reach::PROTOCOL);
    EXPECT_THAT(look.sentinels().at(0).denied(), Contains("SENTINEL MASTERS"));
}

TEST(RedisCluster, IsReportedOnceWithItsNodes) {
    const RealRedis server("cluster-enabled yes\ncluster-port " + std::to_string(FaultServer::free_port()) +
                           "\n");
    const auto cluster = "cluster: [" + node(server) +
                         ", {host: 127.0.0.1, port: " + std::to_string(FaultServer::free_port()) + "}]";
    const auto before = look_with_resque(cluster);
    EXPECT_EQ(before.clusters().at(0).state(), "fail");
    server.run({"CLUSTER", "ADDSLOTSRANGE", "0", "16383"});
    ASSERT_TRUE(server.wait_for({"CLUSTER", "INFO"}, "cluster_state:ok"));
    const auto look = look_with_resque(cluster);
    ASSERT_THAT(look.reaches(), SizeIs(2));
    EXPECT_TRUE(look.reaches()[0].reached());
    EXPECT_EQ(look.reaches()[1].failed_at(), v1::Reach::ROUTE);
    ASSERT_THAT(look.clusters(), SizeIs(1));
    const auto said = look.clusters()[0];
    EXPECT_EQ(said.state(), "ok");
    EXPECT_EQ(said.slots_assigned(), 16384u);
    EXPECT_EQ(said.slots_ok(), 16384u);
    ASSERT_THAT(said.nodes(), SizeIs(1));
    EXPECT_THAT(said.nodes(0).flags(), HasSubstr("master"));
    EXPECT_EQ(said.nodes(0).slots(), "0-16383");
    EXPECT_EQ(said.nodes(0).link(), "connected");
    EXPECT_EQ(look.servers().at(0).mode(), "cluster");
}

}  // namespace
}  // namespace preflight::probes
