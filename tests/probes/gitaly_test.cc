// What the probe tells of servers that answer.

#include "probes/gitaly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/gitaly_node.h"
#include "tests/probes/gitaly_server.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::Truly;

constexpr const char* token = "CANARY-token";

std::string tcp(const GitalyServer& server) { return "tcp://127.0.0.1:" + std::to_string(server.port()); }

// The finding, but for what differs from run to run.
std::string text_of(v1::Reach reach) {
    EXPECT_GT(reach.round_trip_microseconds(), 0u);
    reach.clear_round_trip_microseconds();
    reach.clear_address();
    return reach.ShortDebugString();
}

TEST(Gitaly, TellsOfTheServerBehindASocket) {
    const GitalyServer server({.token = token});
    GitalyNode node;
    node.release("18.11.4").rails("unix:" + server.socket(), token);
    const auto found = node.found();
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(text_of(found[0].reach()), R"(kind: "gitaly" uses: "rails default" reached: true)");
    EXPECT_EQ(found[0].reach().address(), server.socket());
    auto status = found[1].gitaly_status();
    EXPECT_EQ(status.address(), server.socket());
    EXPECT_THAT(status.note(), HasSubstr("asked for its version, because beside 18.11.4"));
    status.clear_address();
    status.clear_note();
    EXPECT_EQ(
        status.ShortDebugString(),
        R"(uses: "rails default" health: "SERVING" server_version: "18.11.4" git_version: "2.50.1.gl2" )"
        R"(storages { name: "default" readable: true writeable: true filesystem_type: "ext" )"
        R"(filesystem_id: "7d1f0c2a" replication_factor: 1 available_bytes: 40000 used_bytes: 60000 } )"
        R"(token_sent: true)");
    EXPECT_EQ(server.authority(), "localhost");
    EXPECT_THAT(server.user_agent(), ::testing::StartsWith("gitlab-preflight "));
    EXPECT_EQ(server.refused(), 0);
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Gitaly, AsksOverTcpAndByName) {
    const GitalyServer server({.token = token});
    for (const auto* scheme : {"tcp://", "dns:///"}) {
        GitalyNode node;
        node.rails(scheme + std::string("localhost:") + std::to_string(server.port()), token);
        EXPECT_EQ(text_of(node.reach()), R"(kind: "gitaly" uses: "rails default" reached: true)");
        EXPECT_EQ(server.authority(), "localhost");
    }
}

TEST(Gitaly, SaysThatAServerTakesCallsWithoutAToken) {
    const GitalyServer server;
    const auto status = GitalyNode().rails(tcp(server)).status();
    EXPECT_EQ(status.health(), "SERVING");
    EXPECT_FALSE(status.token_sent());
}

TEST(Gitaly, SaysThatAServerDoesNotServe) {
    const GitalyServer server({.serving = false});
    GitalyNode node;
    node.rails(tcp(server));
    EXPECT_TRUE(node.reach().reached());
    EXPECT_EQ(node.status().health(), "NOT_SERVING");
}

TEST(Gitaly, NeverAsksForTheVersionWhereThatCouldWrite) {
    for (const auto* release : {"16.11.10", "17.11.7", "18.2.8", "19.0.0-pre"}) {
        const GitalyServer server({.version = "16.11.10"});
        GitalyNode node;
        const auto status = node.release(release).rails(tcp(server)).status();
        EXPECT_EQ(server.asked(GitalyCall::server_info), 0) << release;
        EXPECT_EQ(status.server_version(), "");
        EXPECT_THAT(status.note(), HasSubstr("writing into its storages")) << release;
        ASSERT_THAT(status.storages(), SizeIs(1)) << release;
        EXPECT_EQ(status.storages(0).used_bytes(), 60'000u);
    }
    const GitalyServer server;
    EXPECT_THAT(GitalyNode().rails(tcp(server)).status().note(), HasSubstr("not known for sure"));
    EXPECT_EQ(server.asked(GitalyCall::server_info), 0);
}

TEST(Gitaly, AsksForTheVersionOnce) {
    const GitalyServer server;
    EXPECT_EQ(GitalyNode().release("18.3.0").rails(tcp(server)).status().server_version(), "18.11.4");
    EXPECT_EQ(server.asked(GitalyCall::server_info), 1);
    EXPECT_EQ(server.asked(GitalyCall::disk_statistics), 1);
    EXPECT_EQ(server.asked(GitalyCall::health), 1);
}

TEST(Gitaly, TellsWhatItCanWhenOneCallFails) {
    const GitalyServer server(
        {.unknown = {GitalyCall::disk_statistics}, .hanging = {GitalyCall::server_info}});
    const auto found = GitalyNode().release("19.2.0").rails(tcp(server)).found();
    EXPECT_THAT(found, ElementsAre(Truly([](const auto& finding) { return finding.reach().reached(); }),
                                   Truly([](const auto& finding) { return finding.has_gitaly_status(); }),
                                   gap(v1::Gap::REFUSED), gap(v1::Gap::TIMED_OUT)));
}

TEST(Gitaly, TakesNoAnswerWithoutEnd) {
    const GitalyServer server({.version = std::string(5UL * 1024 * 1024, 'x')});
    const auto found = GitalyNode().release("19.2.0").rails(tcp(server)).found();
    EXPECT_THAT(found, Contains(gap(v1::Gap::TOO_LARGE)));
}

TEST(Gitaly, SaysThatThereAreMoreStoragesThanAreTold) {
    const GitalyServer whole({.more_storages = 255});
    const auto all = GitalyNode().release("19.2.0").rails(tcp(whole)).found();
    EXPECT_THAT(all, SizeIs(2)) << "no gap";
    const GitalyServer cut({.more_storages = 256});
    const auto found = GitalyNode().release("19.2.0").rails(tcp(cut)).found();
    ASSERT_THAT(found, SizeIs(4));
    EXPECT_THAT(found[1].gitaly_status().storages(), SizeIs(256));
    EXPECT_EQ(found[1].gitaly_status().server_version(), "18.11.4");
    EXPECT_THAT(found[2], gap(v1::Gap::TOO_LARGE));
    EXPECT_THAT(found[3], gap(v1::Gap::TOO_LARGE));
}

TEST(Gitaly, RecognisesAPraefectByItsReplicas) {
    const GitalyServer server({.replication_factor = 3});
    EXPECT_TRUE(GitalyNode().release("19.2.0").rails(tcp(server)).status().praefect());
}

TEST(Gitaly, AsksEachGitalyBehindThePraefectOfThisNodeAndItself) {
    const GitalyServer praefect({.token = "CANARY-praefect"});
    const GitalyServer first({.token = "CANARY-1"});
    const GitalyServer second({.token = "CANARY-2"});
    GitalyNode node;
    node.release("18.11.4").file("/var/opt/gitlab/praefect/config.toml",
                                 "listen_addr = '0.0.0.0:" + std::to_string(praefect.port()) +
                                     "'\n[auth]\ntoken = 'CANARY-praefect'\n[database]\nhost = 'db'\n"
                                     "[[virtual_storage]]\nname = 'default'\nnode = [\n"
                                     "{storage = 'gitaly-1', address = '" +
                                     tcp(first) +
                                     "', token = 'CANARY-1'},\n{storage = 'gitaly-2', address = '" +
                                     tcp(second) + "', token = 'CANARY-2'}]\n");
    const auto found = node.found();
    std::vector<std::string> told;
    for (const auto& finding : found) {
        const auto& status = finding.gitaly_status();
        if (finding.has_gitaly_status())
            told.push_back(status.uses(0) + (status.praefect() ? " praefect " : " ") + status.health());
        EXPECT_FALSE(finding.has_gap());
    }
    EXPECT_THAT(told, ElementsAre("own listener praefect SERVING", "praefect gitaly-1 SERVING",
                                  "praefect gitaly-2 SERVING"));
    EXPECT_EQ(found[0].reach().kind(), "praefect");
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Gitaly, FindsNothingWhereNothingIsUsed) {
    EXPECT_THAT(GitalyNode().found(), IsEmpty());
    GitalyNode other;
    other.release("18.11.4").directory("/opt/gitlab/service/redis");
    EXPECT_THAT(other.found(), IsEmpty());
}

TEST(Gitaly, SaysThatATreesServersCannotBeAsked) {
    GitalyNode node;
    node.rails("tls://gitaly-1.mill.example:9999", token);
    EXPECT_THAT(node.look(gitaly), ElementsAre(gap(v1::Gap::NOT_LIVE)));
    EXPECT_THAT(NodeTree().look(gitaly), IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
