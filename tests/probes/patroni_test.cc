// The probe `patroni` against a real one, and against answers of a larger cluster.

#include "probes/patroni.h"

#include "tests/probes/fault_server.h"
#include "tests/probes/finding_texts.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/real_patroni.h"
#include "tests/probes/test_authority.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string yaml = "/var/opt/gitlab/patroni/patroni.yaml";

Found look_at(const NodeTree& tree, std::chrono::milliseconds wait = 2s) {
    Found found;
    {
        Findings out("patroni", [&](const v1::Finding& finding) { found.push_back(finding); });
        look_at_patroni(tree.node(Machine::live), {.connect = wait, .tls = wait, .answer = wait}, out);
    }
    return found;
}

Found look_with(const std::string& configuration, std::chrono::milliseconds wait = 2s) {
    NodeTree tree;
    tree.file(yaml, configuration);
    return look_at(tree, wait);
}

std::string listening_on(const std::string& address) {
    return "{scope: mill-ha, name: db-1, restapi: {listen: '" + address + "', connect_address: '" + address +
           "'}, postgresql: {listen: '127.0.0.1:5432', connect_address: '127.0.0.1:5432', authentication: "
           "{superuser: {password: CANARY}}}}\n";
}

constexpr auto cluster_of = only<&v1::Finding::has_patroni_cluster, &v1::Finding::patroni_cluster>;

TEST(Patroni, SaysWhoLeadsARealCluster) {
    const RealPatroni real;
    const auto found = look_with(real.configuration());
    const auto reach = reach_of(found);
    EXPECT_TRUE(reach.reached()) << reach.detail();
    EXPECT_EQ(reach.kind(), "patroni");
    EXPECT_EQ(reach.address(), real.address());
    const auto cluster = cluster_of(found);
    EXPECT_EQ(cluster.scope(), "mill-ha");
    EXPECT_EQ(cluster.name(), "db-1");
    EXPECT_THAT(cluster.version(), ::testing::StartsWith("3."));
    EXPECT_EQ(cluster.role(), "master");
    EXPECT_EQ(cluster.state(), "running");
    EXPECT_GT(cluster.server_version(), 150000u);
    EXPECT_GT(cluster.dcs_last_seen_at().seconds(), 1'700'000'000);
    EXPECT_THAT(cluster.system_identifier(), Not(IsEmpty()));
    EXPECT_FALSE(cluster.paused());
    ASSERT_THAT(cluster.members(), SizeIs(1));
    EXPECT_EQ(cluster.members(0).name(), "db-1");
    EXPECT_EQ(cluster.members(0).role(), "leader");
    EXPECT_EQ(cluster.members(0).state(), "running");
    EXPECT_EQ(cluster.members(0).timeline(), "1");
    EXPECT_EQ(cluster.members(0).address(), "127.0.0.1:" + std::to_string(real.postgres_port()));
    EXPECT_THAT(found, SizeIs(2));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));

    real.pause();
    EXPECT_TRUE(cluster_of(look_with(real.configuration())).paused());
}

TEST(Patroni, IsAskedOverItsTls) {
    const TestAuthority authority;
    const auto issued = authority.issue("db-1", "DNS:db-1.mill.example");
    std::filesystem::permissions(std::filesystem::path(issued.key_path).parent_path(),
                                 static_cast<std::filesystem::perms>(0755));
    std::filesystem::permissions(issued.key_path, static_cast<std::filesystem::perms>(0644));
    const RealPatroni real("  certfile: " + issued.certificate_path + "\n  keyfile: " + issued.key_path +
                           "\n  cafile: " + authority.path() + "\n  verify_client: required\n");
    NodeTree tree;
    tree.file(yaml, real.configuration());
    tree.file(issued.certificate_path, issued.certificate).file(issued.key_path, issued.key, 0600);
    const auto found = look_at(tree);
    const auto reach = reach_of(found);
    EXPECT_TRUE(reach.reached()) << reach.detail();
    EXPECT_TRUE(reach.tls());
    EXPECT_EQ(reach.certificate().subject(), "CN=db-1");
    EXPECT_THAT(cluster_of(found).members(), SizeIs(1));
}

std::string http(std::string_view status, std::string_view body) {
    return "HTTP/1.0 " + std::string(status) + "\r\nContent-Type: application/json\r\n\r\n" +
           std::string(body);
}

// As a Patroni 3.3 writes it.
constexpr std::string_view three_members = R"({"members": [
    {"name": "db-1", "role": "replica", "state": "stopped", "api_url": "http://10.8.0.31:8008/patroni", "host": "10.8.0.31",
     "port": 5432, "lag": "unknown", "pending_restart": true},
    {"name": "db-2", "role": "leader", "state": "running", "host": "10.8.0.32", "port": 5432, "timeline": 7},
    {"name": "db-3", "role": "sync_standby", "state": "streaming", "host": "10.8.0.33", "port": 5432, "timeline": 7,
     "lag": 4096, "tags": {"note": "CANARY"}}],
    "scope": "mill-ha", "pause": true, "scheduled_switchover": {"at": "2026-11-24T02:00:00+00:00", "from": "db-2"}})";

TEST(Patroni, SaysWhatItSaysWhileItsServerIsDown) {
    const FaultServer server([](std::string_view request) {
        if (request.starts_with("GET /cluster ")) return http("200 OK", three_members);
        return http(
            "503 Service Unavailable",
            R"({"state": "stopped", "role": "replica", "pending_restart": true, "dcs_last_seen": 1787000000, "patroni":
                        {"version": "3.3.1", "scope": "mill-ha", "name": "db-1"}})");
    });
    const auto cluster = cluster_of(look_with(listening_on(server.address())));
    EXPECT_EQ(cluster.state(), "stopped");
    EXPECT_EQ(cluster.version(), "3.3.1");
    EXPECT_TRUE(cluster.pending_restart());
    EXPECT_EQ(cluster.dcs_last_seen_at().seconds(), 1'787'000'000);
    EXPECT_TRUE(cluster.paused());
    EXPECT_TRUE(cluster.scheduled_switchover());
    ASSERT_THAT(cluster.members(), SizeIs(3));
    EXPECT_EQ(cluster.members(0).lag(), "unknown");
    EXPECT_TRUE(cluster.members(0).pending_restart());
    EXPECT_EQ(
        cluster.members(2).ShortDebugString(),
        R"(name: "db-3" role: "sync_standby" state: "streaming" address: "10.8.0.33:5432" timeline: "7" lag: "4096")");
    EXPECT_THAT(cluster.SerializeAsString(), Not(HasSubstr("CANARY")));
}

TEST(Patroni, IsKnownInPartWhereTheClusterIsNotTold) {
    const FaultServer server([](std::string_view request) {
        if (request.starts_with("GET /cluster ")) return http("500 Error", "CANARY");
        return http("200 OK", R"({"state": "running", "patroni": {"version": "3.3.1"}})");
    });
    const auto found = look_with(listening_on(server.address()));
    EXPECT_EQ(cluster_of(found).version(), "3.3.1");
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, server.address())));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Patroni, SaysThatItHasMoreMembersThanAreTold) {
    const auto cluster_with = [](int members) {
        std::string text = R"({"pause": true, "members": [{"name": "db"})";
        for (int at = 1; at < members; ++at) text += R"(, {"name": "db"})";
        return text + "]}";
    };
    for (const int members : {100, 101}) {
        const FaultServer server([&](std::string_view request) {
            if (request.starts_with("GET /cluster ")) return http("200 OK", cluster_with(members));
            return http("200 OK", R"({"state": "running", "patroni": {"version": "3.3.1"}})");
        });
        const auto found = look_with(listening_on(server.address()));
        EXPECT_THAT(cluster_of(found).members(), SizeIs(100));
        EXPECT_TRUE(cluster_of(found).paused());
        EXPECT_THAT(found, Contains(gap(v1::Gap::TOO_LARGE, server.address())).Times(members == 101 ? 1 : 0));
    }
}

TEST(Patroni, FailsByLayers) {
    for (const auto fault : {Fault::silence, Fault::nonsense, Fault::close, Fault::reset}) {
        const FaultServer server(fault);
        const auto found = look_with(listening_on(server.address()), 300ms);
        EXPECT_EQ(reach_of(found).failed_at(), v1::Reach::PROTOCOL) << static_cast<int>(fault);
        EXPECT_THAT(found, SizeIs(1));
    }
    const FaultServer other([](std::string_view) { return http("200 OK", "{}"); });
    EXPECT_EQ(reach_of(look_with(listening_on(other.address()))).failed_at(), v1::Reach::PROTOCOL);
    const auto nobody = "0.0.0.0:" + std::to_string(FaultServer::free_port());
    EXPECT_EQ(reach_of(look_with(listening_on(nobody))).failed_at(), v1::Reach::ROUTE);
}

TEST(Patroni, IsNotAskedInATreeNorWhereThereIsNone) {
    NodeTree tree;
    tree.file(yaml, listening_on("127.0.0.1:1"));
    EXPECT_THAT(tree.look(patroni), ElementsAre(gap(v1::Gap::NOT_LIVE, yaml)));
    EXPECT_THAT(NodeTree().look(patroni), IsEmpty());
    EXPECT_THAT(NodeTree().look(patroni, Machine::live), IsEmpty());
}

TEST(Patroni, IsMissedWhereItsFileSaysNoAddress) {
    EXPECT_THAT(look_with("{scope: a, name: b, restapi: {listen: CANARY CANARY}}\n"),
                ElementsAre(gap(v1::Gap::MALFORMED, yaml)));
    EXPECT_THAT(look_with("CANARY: [\n"), ElementsAre(gap(v1::Gap::MALFORMED, yaml)));
}

}  // namespace
}  // namespace preflight::probes
