// The probe `redis` where servers misbehave, answer for themselves, or are not to be asked.

#include "tests/probes/fault_server.h"
#include "tests/probes/redis_looks.h"
#include "tests/probes/unprivileged.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

v1::Reach reach_of(const FaultServer& server, const std::string& user = {}) {
    const auto begin = Stream::Clock::now();
    const auto look = look_with_resque("url: 'redis://" + user + server.address() + "'", 300ms);
    EXPECT_LT(Stream::Clock::now() - begin, 3s);
    EXPECT_THAT(look.servers(), IsEmpty());
    EXPECT_THAT(bytes_of(look.found), Not(HasSubstr("CANARY")));
    EXPECT_FALSE(look.reaches().at(0).reached());
    return look.reaches().at(0);
}

TEST(RedisFaults, AreOfTheProtocol) {
    for (const auto fault : {Fault::silence, Fault::reset, Fault::nonsense, Fault::close}) {
        EXPECT_EQ(reach_of(FaultServer(fault)).failed_at(), v1::Reach::PROTOCOL) << static_cast<int>(fault);
    }
    EXPECT_EQ(reach_of(FaultServer(Fault::drip, "+PO", 20ms)).failed_at(), v1::Reach::PROTOCOL);
    EXPECT_EQ(reach_of(FaultServer(Fault::nonsense, "+CANARY\r\n"), ":CANARY@").failed_at(),
              v1::Reach::PROTOCOL);
    EXPECT_EQ(reach_of(FaultServer(Fault::nonsense, "-ERR max number of clients reached\r\n"), ":CANARY@")
                  .failed_at(),
              v1::Reach::PROTOCOL);
}

TEST(RedisFaults, AreSeenBehindAGoodBeginning) {
    // It says PONG to INFO too: text, but nothing that a server says of itself.
    const FaultServer pongs(Fault::nonsense, "+PONG\r\n");
    const auto look = look_with_resque("url: 'redis://" + pongs.address() + "'", 300ms);
    EXPECT_THAT(look.servers(), IsEmpty());
    EXPECT_EQ(look.reaches().at(0).failed_at(), v1::Reach::PROTOCOL);
}

TEST(RedisFaults, LeaveALoadingServerToSayThatItLoads) {
    const FaultServer loading(Fault::nonsense, "-LOADING Redis is loading the dataset in memory\r\n");
    const auto look = look_with_resque("url: 'redis://" + loading.address() + "'", 300ms);
    EXPECT_EQ(look.reaches().at(0).failed_at(), v1::Reach::DATABASE);
    EXPECT_THAT(look.reaches().at(0).detail(), HasSubstr("LOADING"));
}

TEST(RedisFaults, CostNoOtherServerItsTurn) {
    NodeTree tree;
    const FaultServer silent(Fault::silence);
    tree.file(rails_etc + "/resque.yml", "production: {url: 'redis://" + silent.address() + "'}\n");
    tree.file(rails_etc + "/redis.cache.yml",
              "production: {url: 'redis://127.0.0.1:" + std::to_string(FaultServer::free_port()) + "'}\n");
    std::vector<v1::Reach::Layer> layers;
    for (const auto& reach : look_at_redis(tree, 200ms).reaches()) layers.push_back(reach.failed_at());
    EXPECT_THAT(layers, ElementsAre(v1::Reach::PROTOCOL, v1::Reach::ROUTE));
}

TEST(RedisFaults, EndWithTheTimeThatThereIs) {
    NodeTree tree;
    tree.file(rails_etc + "/resque.yml", "production: {url: 'redis://10.255.255.1'}\n");
    Found found;
    {
        Findings out("redis", [&](const v1::Finding& finding) { found.push_back(finding); });
        look_at_redis_servers(tree.node(Machine::live), {.until = Stream::Clock::now()}, out);
    }
    EXPECT_THAT(found, ElementsAre(gap(v1::Gap::TIMED_OUT, "10.255.255.1:6379")));
}

// Attributes say where it is; with what to come there is in the files that cannot be read.
TEST(RedisFaults, AreNoRefusalWhereOnlyTheAttributesKnow) {
    const FaultServer server(Fault::nonsense, "-NOAUTH Authentication required.\r\n");
    NodeTree tree;
    tree.directory("/opt/gitlab/sv/puma").link("/opt/gitlab/service/puma", "/opt/gitlab/sv/puma");
    tree.file(
        "/opt/gitlab/embedded/nodes/web-1.mill.example.json",
        R"({"normal": {"gitlab": {"gitlab_rails": {"redis_password": "CANARY", "redis_host": "127.0.0.1",
                  "redis_port": )" +
            std::to_string(server.port()) + "}}}}");
    const auto look = look_at_redis(tree);
    EXPECT_THAT(look.found, ElementsAre(gap(v1::Gap::ABSENT, rails_etc + "/resque.yml"),
                                        gap(v1::Gap::DENIED, server.address())));
    EXPECT_THAT(bytes_of(look.found), Not(HasSubstr("CANARY")));
}

TEST(RedisOfANode, IsToldWhoAsks) {
    std::string first;
    {
        const FaultServer sentinel([&](std::string_view asked) {
            first = asked;
            return "-ERR unknown command\r\n";
        });
        const auto look = look_with_resque("url: 'redis://mill-redis', sentinels: [{host: 127.0.0.1, port: " +
                                           std::to_string(sentinel.port()) + "}]");
        EXPECT_EQ(look.reaches().at(0).kind(), "sentinel");
    }
    // The server's thread, which writes it, has ended.
    EXPECT_THAT(first, HasSubstr("\r\nCLIENT\r\n$7\r\nSETNAME\r\n$16\r\ngitlab-preflight\r\n"));
}

// The end of its own time says nothing against a server.
TEST(RedisOfANode, IsMissedWhereTheAgentsTimeEnds) {
    const FaultServer silent(Fault::silence);
    NodeTree tree;
    tree.file(rails_etc + "/resque.yml", "production: {url: 'redis://" + silent.address() + "'}\n");
    Found found;
    {
        Findings out("redis", [&](const v1::Finding& finding) { found.push_back(finding); });
        look_at_redis_servers(tree.node(Machine::live), {.until = Stream::Clock::now() + 200ms}, out);
    }
    ASSERT_THAT(found, ElementsAre(gap(v1::Gap::TIMED_OUT, silent.address())));
    EXPECT_EQ(found[0].gap().detail(), "the agent's time was over before an answer came");
}

TEST(RedisOfANode, IsNotAskedForMoreUsesThanThereIsTimeFor) {
    NodeTree tree;
    const auto nobody = std::to_string(FaultServer::free_port());
    for (int database = 0; database < 65; ++database) {
        std::string purpose = "redis.q";
        purpose.append(static_cast<std::size_t>(database), 'x');
        tree.file(rails_etc + "/" + purpose + ".yml",
                  "production: {url: 'redis://127.0.0.1:" + nobody + "/" + std::to_string(database) + "'}\n");
    }
    const auto look = look_at_redis(tree, 200ms);
    EXPECT_THAT(look.reaches(), SizeIs(64));
    EXPECT_THAT(look.found, Contains(gap(v1::Gap::DROPPED, rails_etc + "/redis.q.yml")));
}

// A real replica that is behind needs minutes to show it.
TEST(RedisOfANode, TellsHowFarItsReplicasAreBehind) {
    const FaultServer master(
        [](std::string_view asked) -> std::string {
            if (asked.find("\r\nPING\r\n") != std::string_view::npos) return "+PONG\r\n";
            if (asked.find("\r\nINFO\r\n") == std::string_view::npos) return "-ERR unknown command\r\n";
            const std::string info =
                "redis_version:7.2.5\r\nredis_mode:standalone\r\nrole:master\r\nconnected_slaves:1\r\n"
                "slave0:ip=10.8.0.52,port=6379,state=online,offset=4096,lag=73\r\n";
            return "$" + std::to_string(info.size()) + "\r\n" + info + "\r\n";
        },
        FaultServer::Afterwards::listens);
    const auto look = look_with_resque("url: 'redis://" + master.address() + "'");
    ASSERT_THAT(look.servers(), SizeIs(1));
    ASSERT_THAT(look.servers()[0].replicas(), SizeIs(1));
    EXPECT_EQ(look.servers()[0].replicas(0).ShortDebugString(),
              R"(address: "10.8.0.52:6379" state: "online" lag_seconds: 73 offset: 4096)");
}

TEST(RedisOfATree, IsNotAsked) {
    NodeTree tree;
    tree.file(rails_etc + "/resque.yml", "production: {url: 'redis://127.0.0.1:1'}\n");
    tree.file(rails_etc + "/redis.cache.yml", "production: {url: CANARY CANARY}\n");
    EXPECT_THAT(tree.look(redis), ElementsAre(gap(v1::Gap::NOT_LIVE, rails_etc + "/resque.yml")));
    EXPECT_THAT(NodeTree().look(redis), IsEmpty());
}

TEST(RedisOfANode, IsNothingWhereNoServiceUsesAny) {
    EXPECT_THAT(NodeTree().look(redis, Machine::live), IsEmpty());
}

TEST(RedisOfANode, IsMissedWhereItsFilesCannotBeRead) {
    NodeTree tree;
    tree.file(rails_etc + "/resque.yml", "production: {url: CANARY CANARY}\n");
    tree.file("/var/opt/gitlab/gitlab-kas/gitlab-kas-config.yml",
              "redis: {server: {address: '127.0.0.1:1'}, password_file: /run/none}\n");
    const auto look = look_at_redis(tree);
    EXPECT_THAT(look.found, AllOf(Contains(gap(v1::Gap::MALFORMED, rails_etc + "/resque.yml")),
                                  Contains(gap(v1::Gap::ABSENT, "/run/none")), SizeIs(2)));
    EXPECT_THAT(bytes_of(look.found), Not(HasSubstr("CANARY")));
}

TEST(RedisOfANode, IsMissedWhereItsPasswordIsNotToBeRead) {
    NodeTree tree;
    tree.file("/var/opt/gitlab/gitlab-kas/gitlab-kas-config.yml",
              "redis: {server: {address: '127.0.0.1:1'}, password_file: /run/pw}\n");
    tree.file("/run/pw", "CANARY", 0);
    const Unprivileged nobody(tree);
    EXPECT_THAT(look_at_redis(tree).found, ElementsAre(gap(v1::Gap::DENIED, "/run/pw")));
}

}  // namespace
}  // namespace preflight::probes
