// Where reaching a Gitaly ends when it does, and that every wait ends.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "tests/probes/fault_server.h"
#include "tests/probes/gitaly_node.h"
#include "tests/probes/gitaly_server.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

constexpr const char* token = "CANARY-token";

std::string on_loopback(std::uint32_t port) { return "tcp://127.0.0.1:" + std::to_string(port); }

v1::Reach reach_of(const std::string& address, const std::string& sent = "") {
    return GitalyNode().release("19.2.0").rails(address, sent).reach();
}

TEST(GitalyReach, EndsAtTheName) { EXPECT_EQ(reach_of("tcp://no..name:8075").failed_at(), v1::Reach::NAME); }

TEST(GitalyReach, EndsAtTheRoute) {
    EXPECT_EQ(reach_of(on_loopback(FaultServer::free_port())).failed_at(), v1::Reach::ROUTE);
    const auto reach = reach_of("unix:/nowhere/gitaly.socket");
    EXPECT_EQ(reach.failed_at(), v1::Reach::ROUTE);
    EXPECT_EQ(reach.address(), "/nowhere/gitaly.socket");
}

TEST(GitalyReach, EndsAtATokenThatIsNotTheServers) {
    const GitalyServer server({.token = token});
    const auto reach = reach_of(on_loopback(server.port()), "CANARY-other");
    EXPECT_EQ(reach.failed_at(), v1::Reach::AUTHENTICATION);
    EXPECT_EQ(reach.detail(), "the token is refused: it is not the server's");
    EXPECT_EQ(server.refused(), 1);
    EXPECT_EQ(server.asked(GitalyCall::server_info), 0);
}

TEST(GitalyReach, NamesTokenAndClockWhereTheServerDoesNotSayWhichItWas) {
    const GitalyServer server({.token = token, .gives_reasons = false});
    const auto reach = reach_of(on_loopback(server.port()), "CANARY-other");
    EXPECT_EQ(reach.failed_at(), v1::Reach::AUTHENTICATION);
    EXPECT_THAT(reach.detail(), HasSubstr("or the clocks of both nodes differ by more than 30 seconds"));
}

TEST(GitalyReach, EndsAtAServerThatWantsATokenWhereNoneIsConfigured) {
    const GitalyServer server({.token = token});
    const auto reach = reach_of(on_loopback(server.port()));
    EXPECT_EQ(reach.failed_at(), v1::Reach::AUTHENTICATION);
    EXPECT_THAT(reach.detail(), HasSubstr("none is configured here"));
}

TEST(GitalyReach, EndsWhereTheClocksDiffer) {
    const GitalyServer ahead({.token = token, .clock_ahead = 40s});
    auto reach = reach_of(on_loopback(ahead.port()), token);
    EXPECT_EQ(reach.failed_at(), v1::Reach::AUTHENTICATION);
    EXPECT_THAT(reach.detail(), HasSubstr("the server's clock is more than 30 seconds ahead"));
    const GitalyServer behind({.token = token, .clock_ahead = -40s});
    reach = reach_of(on_loopback(behind.port()), token);
    EXPECT_THAT(reach.detail(), HasSubstr("this node's clock is more than 30 seconds ahead"));
    const GitalyServer near({.token = token, .clock_ahead = 20s});
    EXPECT_TRUE(reach_of(on_loopback(near.port()), token).reached());
}

TEST(GitalyReach, EndsAtAServerThatKnowsNoHealth) {
    const GitalyServer server({.unknown = {GitalyCall::health}});
    EXPECT_EQ(reach_of(on_loopback(server.port())).failed_at(), v1::Reach::PROTOCOL);
}

TEST(GitalyReach, IsNotTriedForMoreServersThanThereIsTimeFor) {
    std::string storages;
    for (int at = 0; at < 129; ++at) {
        const auto name = std::to_string(at);
        storages += "      s" + name + ": {gitaly_address: 'unix:/nowhere/" + name + "'}\n";
    }
    GitalyNode node;
    const std::string yml = "/var/opt/gitlab/gitlab-rails/etc/gitlab.yml";
    node.file(yml, "production:\n  repositories:\n    storages:\n" + storages);
    const auto found = node.found();
    EXPECT_EQ(std::ranges::count_if(found, &v1::Finding::has_reach), 128);
    EXPECT_THAT(found, ::testing::Contains(gap(v1::Gap::DROPPED, yml)));
}

TEST(GitalyReach, EndsAtAServerThatHangs) {
    const GitalyServer server({.hanging = {GitalyCall::health}});
    const auto begin = Clock::now();
    const auto found = GitalyNode().release("19.2.0").rails(on_loopback(server.port())).found();
    EXPECT_LT(Clock::now() - begin, 7s);
    ASSERT_THAT(found, ::testing::SizeIs(1));
    EXPECT_EQ(found[0].reach().failed_at(), v1::Reach::PROTOCOL);
}

TEST(GitalyReach, EndsAtWhatSpeaksSomethingElseOrNothing) {
    for (const auto fault : {Fault::silence, Fault::drip, Fault::reset, Fault::nonsense, Fault::close}) {
        const FaultServer server(fault);
        const auto begin = Clock::now();
        EXPECT_EQ(reach_of(on_loopback(server.port()), token).failed_at(), v1::Reach::PROTOCOL)
            << static_cast<int>(fault);
        EXPECT_LT(Clock::now() - begin, 5s) << static_cast<int>(fault);
        EXPECT_LE(server.accepted(), 2) << static_cast<int>(fault);  // nothing is tried twice
    }
}

TEST(GitalyReach, OfOneServerIsNotKeptFromUsByASilentOne) {
    const FaultServer silent(Fault::silence);
    const GitalyServer other;
    GitalyNode node;
    node.file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml",
              "production: {repositories: {storages: {a: {gitaly_address: '" + on_loopback(silent.port()) +
                  "'}, b: {gitaly_address: '" + on_loopback(other.port()) + "'}}}}\n");
    EXPECT_THAT(node.status().uses(), ElementsAre("rails b"));
}

class GitalyTls : public ::testing::Test {
  protected:
    v1::Reach reach_of(const TestAuthority::Issued& identity, const std::string& trusted) const {
        const GitalyServer server({.token = token}, identity);
        GitalyNode node;
        node.file("/opt/gitlab/embedded/ssl/certs/cacert.pem", trusted)
            .file("/opt/gitlab/embedded/ssl/certs/README", "no certificate");
        return node.rails("tls://localhost:" + std::to_string(server.tls_port()), token).reach();
    }

    TestAuthority authority_;
};

TEST_F(GitalyTls, ReachesAServerThatIsTrusted) {
    const auto reach = reach_of(authority_.issue("gitaly", "DNS:localhost"), authority_.pem());
    EXPECT_TRUE(reach.reached()) << reach.detail();
    EXPECT_TRUE(reach.tls());
    EXPECT_EQ(reach.tls_version(), "TLSv1.3");
    EXPECT_EQ(reach.certificate().subject(), "CN=gitaly");
    EXPECT_GT(reach.certificate().not_after().seconds(), reach.certificate().not_before().seconds());
}

TEST_F(GitalyTls, EndsAtACertificateOfAnAuthorityThatIsNotTrusted) {
    const TestAuthority other;
    const auto reach = reach_of(other.issue("gitaly", "DNS:localhost"), authority_.pem());
    EXPECT_EQ(reach.failed_at(), v1::Reach::TLS);
    EXPECT_THAT(reach.detail(), HasSubstr("not trusted"));
    EXPECT_EQ(reach.certificate().subject(), "CN=gitaly");
}

TEST_F(GitalyTls, EndsAtACertificateThatHasExpired) {
    const auto reach = reach_of(authority_.issue("gitaly", "DNS:localhost", -1), authority_.pem());
    EXPECT_EQ(reach.failed_at(), v1::Reach::TLS);
    EXPECT_THAT(reach.detail(), HasSubstr("expired"));
    EXPECT_GT(reach.certificate().not_after().seconds(), 0);
}

TEST_F(GitalyTls, EndsAtACertificateForAnotherName) {
    const auto reach = reach_of(authority_.issue("gitaly", "DNS:gitaly-1.mill.example"), authority_.pem());
    EXPECT_EQ(reach.failed_at(), v1::Reach::TLS);
    EXPECT_THAT(reach.certificate().names(), ElementsAre("gitaly-1.mill.example"));
}

TEST_F(GitalyTls, EndsAtAServerWithoutTls) {
    const GitalyServer server;
    const auto reach = GitalyNode().rails("tls://localhost:" + std::to_string(server.port())).reach();
    EXPECT_EQ(reach.failed_at(), v1::Reach::TLS);
    GitalyNode unread;
    unread.directory("/opt/gitlab/embedded/ssl/certs/cacert.pem");
    unread.rails("tls://localhost:" + std::to_string(server.port()));
    EXPECT_THAT(unread.found(), ElementsAre(gap(v1::Gap::REFUSED))) << "of authorities that cannot be read";
}

TEST_F(GitalyTls, ShowsTheCertificateOfAListenerOfThisNodeUnjudged) {
    const GitalyServer server({.token = token}, authority_.issue("gitaly", "DNS:gitaly-1.mill.example"));
    GitalyNode node;
    node.file("/var/opt/gitlab/gitaly/config.toml",
              "tls_listen_addr = '0.0.0.0:" + std::to_string(server.tls_port()) + "'\n[auth]\ntoken = '" +
                  token + "'\n[[storage]]\nname = 'default'\npath = '/var/opt/gitlab/git-data'\n");
    const auto reach = node.reach();
    EXPECT_TRUE(reach.reached()) << reach.detail();
    EXPECT_EQ(reach.uses(0), "own listener");
    EXPECT_THAT(reach.certificate().names(), ElementsAre("gitaly-1.mill.example"));
}

// Run by root the test becomes nobody for a moment.
TEST(GitalyReach, SaysNothingOfAServerWhoseSocketIsClosedToUs) {
    const GitalyServer server;
    GitalyNode node;
    node.rails("unix:" + server.socket());
    ::chmod(server.socket().c_str(), 0000);
    ::chmod(std::filesystem::path(server.socket()).parent_path().c_str(), 0755);
    ::chmod(node.root().c_str(), 0755);
    constexpr uid_t nobody = 65534;
    const bool root = ::geteuid() == 0;
    ASSERT_EQ(root ? ::seteuid(nobody) : 0, 0);
    const auto found = node.found();
    ASSERT_EQ(root ? ::seteuid(0) : 0, 0);
    EXPECT_THAT(found, ElementsAre(gap(v1::Gap::DENIED, server.socket())));
}

}  // namespace
}  // namespace preflight::probes
