#include "probes/redis_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::SizeIs;

v1::RedisServer server_of(std::string_view info) {
    v1::RedisServer server;
    fill_redis_server(parse_redis_info(info), server);
    return server;
}

TEST(RedisInfo, KnowsValkeyByItsOwnVersion) {
    const auto valkey = server_of(
        "# "
        "Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.3\r\nserver_mode:"
        "standalone\r\n");
    EXPECT_EQ(valkey.flavour(), v1::RedisServer::VALKEY);
    EXPECT_EQ(valkey.version(), "8.1.3");
    EXPECT_EQ(valkey.mode(), "standalone");
    EXPECT_EQ(server_of("redis_version:7.2.15\r\n").flavour(), v1::RedisServer::REDIS);
    EXPECT_EQ(server_of("nothing").flavour(), v1::RedisServer::FLAVOUR_UNSPECIFIED);
}

TEST(RedisInfo, HoldsPersistenceMemoryAndKeys) {
    const auto server = server_of(
        "loading:1\r\nrdb_last_save_time:1700000000\r\nrdb_last_bgsave_status:err\r\nrdb_changes_since_last_"
        "save:7\r\n"
        "aof_enabled:1\r\naof_last_write_status:ok\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n"
        "db0:keys=3,expires=0,avg_ttl=0\r\ndb12:keys=4,expires=1\r\ndbx:keys=100\r\n");
    EXPECT_TRUE(server.loading());
    EXPECT_EQ(server.last_save_at().seconds(), 1'700'000'000);
    EXPECT_EQ(server.last_save_status(), "err");
    EXPECT_EQ(server.changes_since_save(), 7u);
    EXPECT_TRUE(server.append_only());
    EXPECT_EQ(server.memory_policy(), "allkeys-lru");
    EXPECT_EQ(server.keys(), 7u);
}

TEST(RedisInfo, HoldsReplicasAndTheirMaster) {
    const auto master = server_of(
        "role:master\r\nmaster_repl_offset:90\r\nslave0:ip=10.8.0.62,port=6379,state=online,offset=88,lag="
        "1\r\n"
        "slave1:ip=2001:db8::3,port=6379,state=wait_bgsave,offset=0,lag=0\r\n");
    ASSERT_THAT(master.replicas(), SizeIs(2));
    EXPECT_EQ(master.replicas(0).ShortDebugString(),
              R"(address: "10.8.0.62:6379" state: "online" lag_seconds: 1 offset: 88)");
    EXPECT_EQ(master.replicas(1).address(), "[2001:db8::3]:6379");
    const auto replica = server_of(
        "role:slave\r\nmaster_host:redis-1\r\nmaster_port:6379\r\nmaster_link_status:down\r\n"
        "master_last_io_seconds_ago:-1\r\nmaster_sync_in_progress:1\r\n");
    EXPECT_EQ(replica.ShortDebugString(),
              R"(role: "slave" master: "redis-1:6379" master_link: "down" synchronising: true)");
}

TEST(RedisInfo, BearsHostileText) {
    std::string lines;
    for (int i = 0; i < 20'000; ++i) lines += "k" + std::to_string(i) + ":v\r\n";
    EXPECT_THAT(parse_redis_info(lines), SizeIs(5'000));
    const auto server = server_of("redis_version:\xff\x01\r\nslave0:ip=a b,port=x\r\nused_memory:-1\r\n");
    EXPECT_EQ(server.version(), "??");
    EXPECT_EQ(server.replicas(0).address(), "");
    EXPECT_EQ(server.used_memory_bytes(), 0u);
}

TEST(RedisInfo, TellsWhereAListIsCut) {
    std::string replicas;
    for (int at = 0; at < 100; ++at) replicas += "slave" + std::to_string(at) + ":ip=10.8.0.62,port=6379\r\n";
    v1::RedisServer server;
    EXPECT_TRUE(fill_redis_server(parse_redis_info(replicas), server));
    EXPECT_FALSE(fill_redis_server(parse_redis_info(replicas + "slave100:ip=10.8.0.63,port=1\r\n"), server));
    std::string nodes;
    for (int at = 0; at < 1'000; ++at) nodes += "07c3 10.8.0.71:7000@17000 master - 0 1 2 connected\n";
    v1::RedisClusterState whole;
    EXPECT_TRUE(fill_cluster_state({}, nodes, whole));
    v1::RedisClusterState cut;
    EXPECT_FALSE(fill_cluster_state({}, nodes + "292f 10.8.0.72:7000@17000 slave - 0 1 2 connected\n", cut));
    EXPECT_THAT(cut.nodes(), SizeIs(1'000));
}

TEST(RedisCluster, IsReadFromItsLines) {
    v1::RedisClusterState state;
    fill_cluster_state(
        parse_redis_info("cluster_state:fail\r\ncluster_slots_assigned:16384\r\ncluster_slots_fail:5461\r\n"),
        "07c3 10.8.0.71:7000@17000,redis-1 myself,master - 0 1426238317239 2 connected 0-5460 [93-<-292f]\n"
        "292f :0@0 master,fail,noaddr - 1 2 3 disconnected\nshort line\n",
        state);
    EXPECT_EQ(state.state(), "fail");
    EXPECT_EQ(state.slots_failed(), 5461u);
    ASSERT_THAT(state.nodes(), SizeIs(2));
    EXPECT_EQ(
        state.nodes(0).ShortDebugString(),
        R"(address: "10.8.0.71:7000" flags: "myself,master" link: "connected" slots: "0-5460 [93-<-292f]")");
    EXPECT_EQ(state.nodes(1).ShortDebugString(), R"(flags: "master,fail,noaddr" link: "disconnected")");
}

}  // namespace
}  // namespace preflight::probes
