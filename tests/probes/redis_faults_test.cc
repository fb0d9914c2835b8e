// The probe `redis` where servers misbehave, answer for themselves, or are not to be asked.

#include <map>
#include <tuple>

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

std::string bulk(const std::string& text) {
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

// A server that answers what is asked by a word of it, and denies the rest.
FaultServer::Answer says(std::map<std::string, std::string> answers) {
    answers["PING"] = "+PONG\r\n";
    return [answers = std::move(answers)](std::string_view asked) -> std::string {
        for (const auto& [word, answer] : answers) {
            if (asked.find("\r\n" + word + "\r\n") != std::string_view::npos) return answer;
        }
        return "-ERR unknown command\r\n";
    };
}

// A real replica that is behind needs minutes to show it.
TEST(RedisOfANode, TellsHowFarItsReplicasAreBehind) {
    const FaultServer master(
        says({{"INFO",
               bulk("redis_version:7.2.5\r\nredis_mode:standalone\r\nrole:master\r\nconnected_slaves:1\r\n"
                    "slave0:ip=10.8.0.52,port=6379,state=online,offset=4096,lag=73\r\n")}}),
        FaultServer::Afterwards::listens);
    const auto look = look_with_resque("url: 'redis://" + master.address() + "'");
    ASSERT_THAT(look.servers(), SizeIs(1));
    ASSERT_THAT(look.servers()[0].replicas(), SizeIs(1));
    EXPECT_EQ(look.servers()[0].replicas(0).ShortDebugString(),
              R"(address: "10.8.0.52:6379" state: "online" lag_seconds: 73 offset: 4096)");
}

TEST(RedisOfANode, SaysThatItHasMoreReplicasThanAreTold) {
    std::string info = "redis_version:7.2.5\r\nredis_mode:standalone\r\nrole:master\r\n";
    for (int at = 0; at < 100; ++at) info += "slave" + std::to_string(at) + ":ip=10.8.0.52,port=6379\r\n";
    const FaultServer whole(says({{"INFO", bulk(info)}}), FaultServer::Afterwards::listens);
    const auto all = look_with_resque("url: 'redis://" + whole.address() + "'");
    EXPECT_THAT(all.servers().at(0).replicas(), SizeIs(100));
    EXPECT_THAT(all.found, Not(Contains(gap(v1::Gap::TOO_LARGE, whole.address()))));
    const FaultServer cut(says({{"INFO", bulk(info + "slave100:ip=10.8.0.53,port=6379\r\n")}}),
                          FaultServer::Afterwards::listens);
    const auto some = look_with_resque("url: 'redis://" + cut.address() + "'");
    EXPECT_THAT(some.servers().at(0).replicas(), SizeIs(100));
    EXPECT_THAT(some.found, Contains(gap(v1::Gap::TOO_LARGE, cut.address())));
}

// Of a Sentinel: `count` servers, as it lists them.
std::string listed(int count) {
    std::string list = "*" + std::to_string(count) + "\r\n";
    for (int at = 0; at < count; ++at)
        list +=
            "*6\r\n" + bulk("name") + bulk("one") + bulk("ip") + bulk("10.8.0.52") + bulk("port") + bulk("1");
    return list;
}

TEST(SentinelOfANode, SaysThatItKnowsMoreServersThanAreTold) {
    const auto knows = [](int masters, int replicas, int sentinels) {
        const FaultServer sentinel(
            says({{"INFO", bulk("redis_version:7.2.5\r\nredis_mode:sentinel\r\n")},
                  {"GET-MASTER-ADDR-BY-NAME", "*2\r\n" + bulk("127.0.0.1") + bulk("1")},
                  {"CKQUORUM", "+OK 2 usable Sentinels\r\n"},
                  {"MASTERS", listed(masters)},
                  {"REPLICAS", listed(replicas)},
                  {"SENTINELS", listed(sentinels)}}),
            FaultServer::Afterwards::listens);
        const auto look = look_with_resque("url: 'redis://one', sentinels: [{host: 127.0.0.1, port: " +
                                           std::to_string(sentinel.port()) + "}]");
        const auto said = look.sentinels().at(0);
        const bool cut = ::testing::Value(look.found, Contains(gap(v1::Gap::TOO_LARGE, sentinel.address())));
        return std::tuple(said.masters_size(), said.masters(0).replicas_size(),
                          said.masters(0).sentinels_size(), cut);
    };
    EXPECT_EQ(knows(32, 1, 1), std::tuple(32, 1, 1, false));
    EXPECT_EQ(knows(33, 1, 1), std::tuple(32, 1, 1, true));
    EXPECT_EQ(knows(1, 100, 100), std::tuple(1, 100, 100, false));
    EXPECT_EQ(knows(1, 101, 1), std::tuple(1, 100, 1, true));
    EXPECT_EQ(knows(1, 1, 101), std::tuple(1, 1, 100, true));
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
