// The probe `consul` against answers as a Consul 1.21 gives them.

#include "probes/consul.h"

#include <map>

#include "tests/probes/fault_server.h"
#include "tests/probes/finding_texts.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string json = "/var/opt/gitlab/consul/config.json";

Found look_with(const std::string& configuration, std::chrono::milliseconds wait = 2s) {
    NodeTree tree;
    tree.file(json, configuration);
    Found found;
    {
        Findings out("consul", [&](const v1::Finding& finding) { found.push_back(finding); });
        look_at_consul(tree.node(Machine::live), {.connect = wait, .tls = wait, .answer = wait}, out);
    }
    return found;
}

std::string listening_on(std::uint32_t port) {
    return R"({"client_addr": "127.0.0.1", "encrypt": "CANARY", "ports": {"http": )" + std::to_string(port) +
           "}}";
}

const auto has_reach = ::testing::Property(&v1::Finding::has_reach, true);
const auto has_cluster = ::testing::Property(&v1::Finding::has_consul_cluster, true);
constexpr auto cluster_of = only<&v1::Finding::has_consul_cluster, &v1::Finding::consul_cluster>;

using Bodies = std::map<std::string, std::string, std::less<>>;

const Bodies usual{
    {"/v1/status/leader", R"("10.8.0.41:8300")"},
    {"/v1/status/peers", R"(["10.8.0.41:8300", "10.8.0.42:8300", "10.8.0.43:8300"])"},
    {"/v1/agent/self", R"({"Config": {"Datacenter": "gitlab_consul", "NodeName": "db-1", "Server": false,
        "Revision": "x", "Version": "1.21.4"}, "DebugConfig": {"EncryptKey": "CANARY"}})"},
    {"/v1/agent/members", R"([
        {"Name": "consul-1", "Addr": "10.8.0.41", "Port": 8301, "Status": 1,
         "Tags": {"build": "1.18.2:e742f05f", "role": "consul", "vsn": "2"}},
        {"Name": "db-1", "Addr": "10.8.0.31", "Port": 8301, "Status": 4, "Tags": {"build": "1.21.4:5f2a", "role": "node"}}])"},
    {"/v1/health/state/any", R"([
        {"Node": "db-1", "CheckID": "serfHealth", "Status": "passing", "Output": "CANARY", "ServiceName": ""},
        {"Node": "db-1", "CheckID": "service:postgresql-ha", "Status": "critical", "Output": "CANARY",
         "ServiceName": "postgresql-ha"}])"}};

// Answers 403 to what has no body.
FaultServer::Answer answering(const Bodies& bodies) {
    return [bodies](std::string_view request) -> std::string {
        request.remove_prefix(4);
        const auto body = bodies.find(request.substr(0, request.find(' ')));
        if (body == bodies.end()) return "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nCANARY";
        return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body->second.size()) + "\r\n\r\n" +
               body->second;
    };
}

TEST(Consul, SaysWhoLeadsAndWhoIsThere) {
    const FaultServer agent(answering(usual));
    const auto found = look_with(listening_on(agent.port()));
    EXPECT_TRUE(reach_of(found).reached());
    EXPECT_EQ(reach_of(found).kind(), "consul");
    const auto cluster = cluster_of(found);
    EXPECT_EQ(cluster.leader(), "10.8.0.41:8300");
    EXPECT_THAT(cluster.peers(), SizeIs(3));
    EXPECT_EQ(cluster.version(), "1.21.4");
    EXPECT_FALSE(cluster.server());
    EXPECT_EQ(cluster.datacenter(), "gitlab_consul");
    ASSERT_THAT(cluster.members(), SizeIs(2));
    EXPECT_EQ(cluster.members(0).ShortDebugString(),
              R"(name: "consul-1" address: "10.8.0.41" version: "1.18.2" role: "server" status: "alive")");
    EXPECT_EQ(cluster.members(1).status(), "failed");
    ASSERT_THAT(cluster.checks(), SizeIs(2));
    EXPECT_EQ(cluster.checks(1).ShortDebugString(),
              R"(node: "db-1" service: "postgresql-ha" status: "critical")");
    EXPECT_THAT(cluster.denied(), IsEmpty());
    EXPECT_THAT(found, SizeIs(2));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Consul, NamesWhatItsRulesDenyOrLeaveOut) {
    auto bodies = usual;
    bodies.erase("/v1/agent/self");
    bodies["/v1/status/peers"] = "CANARY";
    bodies["/v1/agent/members"] = "[]";
    bodies["/v1/health/state/any"] = "[]";
    const FaultServer agent(answering(bodies));
    const auto found = look_with(listening_on(agent.port()));
    EXPECT_THAT(cluster_of(found).denied(),
                ElementsAre("/v1/agent/self", "/v1/agent/members", "/v1/health/state/any"));
    EXPECT_EQ(cluster_of(found).leader(), "10.8.0.41:8300");
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Consul, SaysThatThereIsNoLeader) {
    auto bodies = usual;
    bodies["/v1/status/leader"] = R"("")";
    const FaultServer agent(answering(bodies));
    const auto cluster = cluster_of(look_with(listening_on(agent.port())));
    EXPECT_EQ(cluster.leader(), "");
    EXPECT_THAT(cluster.denied(), IsEmpty());
}

TEST(Consul, KeepsTheRestBesideOneBadAnswer) {
    auto bodies = usual;
    bodies["/v1/agent/members"] = "CANARY";
    const FaultServer agent(answering(bodies));
    const auto found = look_with(listening_on(agent.port()));
    EXPECT_EQ(cluster_of(found).version(), "1.21.4");
    EXPECT_THAT(cluster_of(found).denied(), IsEmpty());
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, agent.address())));
}

TEST(Consul, SaysThatAListIsLongerThanItKeeps) {
    const auto list = [](int count, const std::string& entry) {
        std::string text = "[" + entry;
        for (int at = 1; at < count; ++at) text += "," + entry;
        return text + "]";
    };
    auto bodies = usual;
    bodies["/v1/status/peers"] = list(101, R"("10.8.0.41:8300")");
    bodies["/v1/agent/members"] = list(1001, R"({"Name": "db-1", "Status": 1})");
    bodies["/v1/health/state/any"] = list(501, R"({"Node": "db-1", "Status": "passing"})");
    const FaultServer agent(answering(bodies));
    const auto found = look_with(listening_on(agent.port()));
    EXPECT_THAT(cluster_of(found).peers(), SizeIs(100));
    EXPECT_THAT(cluster_of(found).members(), SizeIs(1000));
    EXPECT_THAT(cluster_of(found).checks(), SizeIs(500));
    const auto cut = gap(v1::Gap::TOO_LARGE, agent.address());
    EXPECT_THAT(found, ::testing::UnorderedElementsAre(has_reach, has_cluster, cut, cut, cut));
}

TEST(Consul, SaysThatOneAnswerFailed) {
    const FaultServer agent([](std::string_view request) -> std::string {
        if (request.starts_with("GET /v1/status/peers "))
            return "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 6\r\n\r\nCANARY";
        return answering(usual)(request);
    });
    const auto found = look_with(listening_on(agent.port()));
    EXPECT_EQ(cluster_of(found).version(), "1.21.4");
    EXPECT_THAT(found, Contains(gap(v1::Gap::FAILED, agent.address())));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

// As answering(), on a node of a Patroni cluster.
Found look_beside_patroni(const FaultServer& agent, const std::string& patroni) {
    NodeTree tree;
    tree.file(json, listening_on(agent.port())).file("/var/opt/gitlab/patroni/patroni.yaml", patroni);
    Found found;
    {
        Findings out("consul", [&](const v1::Finding& finding) { found.push_back(finding); });
        look_at_consul(tree.node(Machine::live), {.connect = 2s, .tls = 2s, .answer = 2s}, out);
    }
    return found;
}

const std::string patroni_by_consul =
    "scope: postgresql-ha\nname: db-1\nconsul: {url: 'http://127.0.0.1:8500', token: CANARY}\n";

TEST(Consul, SaysWhoHoldsThePatroniClustersKey) {
    auto bodies = usual;
    bodies["/v1/kv/service/postgresql-ha/leader?raw"] = "db-2";
    const FaultServer agent(answering(bodies));
    const auto found = look_beside_patroni(agent, patroni_by_consul);
    EXPECT_EQ(cluster_of(found).patroni_leader().ShortDebugString(),
              R"(scope: "postgresql-ha" name: "db-2")");
    EXPECT_THAT(found, SizeIs(2));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    const auto by_etcd = look_beside_patroni(agent, "scope: postgresql-ha\nname: db-1\netcd: {host: e-1}\n");
    EXPECT_FALSE(cluster_of(by_etcd).has_patroni_leader());
    EXPECT_FALSE(cluster_of(look_with(listening_on(agent.port()))).has_patroni_leader());
}

TEST(Consul, AsksForThePatroniClustersKeyInItsNamespace) {
    auto bodies = usual;
    bodies["/v1/kv/gitlab/mill/postgresql-ha/leader?raw"] = "db-2";
    bodies["/v1/kv/postgresql-ha/leader?raw"] = "db-3";
    const FaultServer agent(answering(bodies));
    const auto in_space = [&](const std::string& name_space) {
        return look_beside_patroni(agent, patroni_by_consul + "namespace: " + name_space + "\n");
    };
    EXPECT_EQ(cluster_of(in_space("/gitlab//mill/")).patroni_leader().name(), "db-2");
    EXPECT_EQ(cluster_of(in_space("/")).patroni_leader().name(), "db-3");
    for (const auto* impossible : {"'a b'", "gitlab/..", "'a?CANARY'"}) {
        const auto found = in_space(impossible);
        EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, "/var/opt/gitlab/patroni/patroni.yaml")));
        EXPECT_FALSE(cluster_of(found).has_patroni_leader()) << impossible;
        EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    }
}

TEST(Consul, TellsAKeyThatNobodyHoldsFromOneThatItMayNotSee) {
    const auto answers = [](std::string_view line) {
        return [line = std::string(line)](std::string_view request) -> std::string {
            if (request.starts_with("GET /v1/kv/"))
                return "HTTP/1.1 " + line + "\r\nContent-Length: 6\r\n\r\nCANARY";
            return answering(usual)(request);
        };
    };
    const FaultServer nobody(answers("404 Not Found"));
    const auto free = look_beside_patroni(nobody, patroni_by_consul);
    EXPECT_TRUE(cluster_of(free).has_patroni_leader());
    EXPECT_EQ(cluster_of(free).patroni_leader().name(), "");

    const FaultServer closed(answers("403 Forbidden"));
    const auto denied = look_beside_patroni(closed, patroni_by_consul);
    EXPECT_FALSE(cluster_of(denied).has_patroni_leader());
    EXPECT_THAT(cluster_of(denied).denied(), ElementsAre("/v1/kv/service/postgresql-ha/leader?raw"));

    const FaultServer broken(answers("500 Internal Server Error"));
    const auto failed = look_beside_patroni(broken, patroni_by_consul);
    EXPECT_FALSE(cluster_of(failed).has_patroni_leader());
    EXPECT_THAT(failed, Contains(gap(v1::Gap::FAILED, broken.address())));
    for (const auto& found : {free, denied, failed}) EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Consul, DoesNotAskForAKeyOfAnImpossibleName) {
    auto bodies = usual;
    const FaultServer agent(answering(bodies));
    const auto found = look_beside_patroni(agent, "scope: a/../b?x\nname: db-1\nconsul: {}\n");
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, "/var/opt/gitlab/patroni/patroni.yaml")));
    EXPECT_FALSE(cluster_of(found).has_patroni_leader());
}

TEST(Consul, FailsByLayers) {
    for (const auto fault : {Fault::silence, Fault::nonsense, Fault::close, Fault::reset}) {
        const FaultServer server(fault);
        const auto found = look_with(listening_on(server.port()), 300ms);
        EXPECT_EQ(reach_of(found).failed_at(), v1::Reach::PROTOCOL) << static_cast<int>(fault);
        EXPECT_THAT(found, SizeIs(1));
    }
    const FaultServer other(
        [](std::string_view) { return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"; });
    EXPECT_EQ(reach_of(look_with(listening_on(other.port()))).failed_at(), v1::Reach::PROTOCOL);
    EXPECT_EQ(reach_of(look_with(listening_on(FaultServer::free_port()))).failed_at(), v1::Reach::ROUTE);
}

TEST(Consul, IsAskedOverTlsWhereNoOtherPortIsOpen) {
    const FaultServer server(Fault::reset);
    const auto found =
        look_with(R"({"ports": {"http": -1, "https": )" + std::to_string(server.port()) + "}}");
    EXPECT_EQ(reach_of(found).failed_at(), v1::Reach::TLS);
    EXPECT_THAT(look_with(R"({"ports": {"http": -1}})"), ElementsAre(gap(v1::Gap::ABSENT, json)));
}

TEST(Consul, IsNotAskedInATreeNorWhereThereIsNone) {
    NodeTree tree;
    tree.file(json, "{}");
    EXPECT_THAT(tree.look(consul), ElementsAre(gap(v1::Gap::NOT_LIVE, json)));
    EXPECT_THAT(NodeTree().look(consul, Machine::live), IsEmpty());
    EXPECT_THAT(look_with("CANARY"), ElementsAre(gap(v1::Gap::MALFORMED, json)));
}

}  // namespace
}  // namespace preflight::probes
