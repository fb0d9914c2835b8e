#include "readiness/checks/coverage_endpoints.h"

#include <algorithm>

#include "readiness/coverage.h"
#include "readiness/endpoint_uses.h"
#include "tests/readiness/fleet_builder.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

// A Rails node with all three kinds of endpoints, and what is added to them.
FleetNode web(const std::string& more) {
    return node("web1.example.test", roles("RAILS") + whole_endpoints() + more);
}

Upgrade declaring(std::string external) {
    auto upgrade = to("19.3.0");
    upgrade.external = {std::move(external)};
    return upgrade;
}

std::string uses_postgres(std::string_view host, std::string_view more = "") {
    return "findings { probe: 'endpoints' postgres_endpoint { purpose: 'ci' host: '" + std::string(host) +
           "' port: 5432 " + std::string(more) + " } } ";
}

std::string listens_at(std::string_view service, std::string_view address, int port) {
    return "findings { probe: 'endpoints' listener { service: '" + std::string(service) + "' address: '" +
           std::string(address) + "' port: " + std::to_string(port) + " } } ";
}

std::string is_host(std::string_view name, std::string_view fqdn, std::string_view address) {
    return "findings { probe: 'system' host { name: '" + std::string(name) + "' fqdn: '" + std::string(fqdn) +
           "' addresses: '" + std::string(address) + "' } } ";
}

// A Redis server and a Sentinel that watches `master` at `master_address`.
FleetNode redis_node(std::string_view name, std::string_view address, std::string_view master,
                     std::string_view master_address) {
    return node(
        name, roles("REDIS, SENTINEL") + is_host(name, name, address) + listens_at("redis", "0.0.0.0", 6379) +
                  "findings { probe: 'endpoints' listener { service: 'sentinel' address: '0.0.0.0' "
                  "port: 26379 masters { name: '" +
                  std::string(master) + "' host: '" + std::string(master_address) + "' port: 6379 } } } ");
}

std::string uses_sentinel(std::string_view sentinel) {
    return "findings { probe: 'endpoints' redis_endpoint { purpose: 'cache' mode: SENTINEL master_name: "
           "'gitlab-redis' nodes: '" +
           std::string(sentinel) + "' } } ";
}

// A Rails node that uses this Redis socket, and Gitaly and PostgreSQL over the network.
std::vector<v1::Verdict> with_redis_socket(const std::string& more) {
    const auto text =
        R"(findings { probe: "endpoints" redis_endpoint { purpose: "default" mode: SOCKET socket: "/run/redis.socket" } }
        findings { probe: "endpoints" gitaly_endpoint { storage: "default" host: "10.20.0.41" port: 8075 } } )" +
        uses_postgres("127.0.0.1") + listens_at("postgresql", "127.0.0.1", 5432) + more;
    return judged(coverage_endpoints, fleet_of({node("web1", roles("RAILS") + text), whole_gitaly()}));
}

TEST(EndpointCoverage, AsksForTheServerBehindASocket) {
    const auto listener = [](std::string_view socket) {
        return "findings { probe: 'endpoints' listener { service: 'redis' socket: '" + std::string(socket) +
               "' } } ";
    };
    const auto service = [](std::string_view fields) {
        return "findings { probe: 'services' service { " + std::string(fields) + " } } ";
    };
    EXPECT_THAT(with_redis_socket(listener("/run/redis.socket")), ElementsAre(says(v1::READY, "covered")));
    EXPECT_THAT(with_redis_socket(service("name: 'redis' enabled: true")),
                ElementsAre(says(v1::READY, "covered")));
    EXPECT_THAT(with_redis_socket(""),
                ElementsAre(AllOf(says(v1::UNKNOWN, "not_listening"), mentions("/run/redis.socket"))));
    EXPECT_THAT(with_redis_socket(listener("/run/other.socket")),
                ElementsAre(says(v1::UNKNOWN, "not_listening")));
    EXPECT_THAT(with_redis_socket(service("name: 'redis'")), ElementsAre(says(v1::UNKNOWN, "not_listening")));
    EXPECT_THAT(with_redis_socket(service("name: 'postgresql' enabled: true")),
                ElementsAre(says(v1::UNKNOWN, "not_listening")));
    EXPECT_THAT(with_redis_socket(gap("endpoints", "cause: DENIED")),
                ElementsAre(says(v1::UNKNOWN, "listener_unseen")));
}

// A server that was moved away leaves its data behind.
TEST(EndpointCoverage, DoesNotTakeDataForAServer) {
    auto rails = web("findings { probe: 'endpoints' postgres_server { purpose: 'main' major: '17' } } ");
    const auto is_socket = [](const v1::Finding& finding) {
        return finding.has_listener() && finding.listener().service() == "postgresql";
    };
    auto& findings = *rails.inspection.mutable_findings();
    findings.erase(std::remove_if(findings.begin(), findings.end(), is_socket), findings.end());
    const auto verdicts = [&rails](std::string_view service) {
        auto with = rails;
        if (!service.empty()) {
            auto& seen = *with.inspection.add_findings()->mutable_service();
            seen.set_name(std::string(service));
            seen.set_enabled(true);
        }
        return judged(coverage_endpoints, fleet_of({with, whole_gitaly()}));
    };
    EXPECT_THAT(verdicts(""), ElementsAre(says(v1::UNKNOWN, "listener_unseen")));
    EXPECT_THAT(verdicts("puma"), ElementsAre(says(v1::UNKNOWN, "not_listening")));
    EXPECT_THAT(verdicts("postgresql"), ElementsAre(says(v1::READY, "covered")));
}

TEST(EndpointCoverage, FindsTheSocketOfPostgresqlByItsDirectoryAndPort) {
    const auto at_port = [](int port) {
        auto rails = web("");
        for (auto& finding : *rails.inspection.mutable_findings()) {
            if (finding.has_postgres_endpoint())
                finding.mutable_postgres_endpoint()->set_port(static_cast<std::uint32_t>(port));
        }
        return judged(coverage_endpoints, fleet_of({rails, whole_gitaly()}));
    };
    EXPECT_THAT(at_port(5432), ElementsAre(says(v1::READY, "covered")));
    EXPECT_THAT(at_port(5433), ElementsAre(says(v1::UNKNOWN, "not_listening")));
}

// Another Redis that reports does not stand in for the one that Sentinel names.
TEST(EndpointCoverage, AsksForTheVeryServerThatSentinelNames) {
    const auto verdicts = [](std::string_view master, std::string_view address) {
        return judged(coverage_endpoints, fleet_of({web(uses_sentinel("10.20.0.51")), whole_gitaly(),
                                                    redis_node("redis1", "10.20.0.51", master, address)}));
    };
    EXPECT_THAT(verdicts("gitlab-redis", "10.20.0.51"), ElementsAre(says(v1::READY, "covered")));
    EXPECT_THAT(verdicts("gitlab-redis", "127.0.0.1"), ElementsAre(says(v1::READY, "covered")));
    EXPECT_THAT(verdicts("gitlab-redis", "10.20.0.59"), ElementsAre(says(v1::UNKNOWN, "not_covered")));
    EXPECT_THAT(verdicts("other-redis", "10.20.0.51"),
                ElementsAre(AllOf(says(v1::UNKNOWN, "not_covered"), mentions("gitlab-redis (by Sentinel)"))));
}

TEST(EndpointCoverage, CallsCoveredOnlyWhereSomethingListens) {
    const auto endpoints = endpoints_of(
        fleet_of({web(uses_postgres("10.20.0.15")), whole_gitaly(),
                  node("db1", roles("PATRONI") + is_host("db1", "db1.example.test", "10.20.0.15"))}),
        {});
    const auto silent = std::ranges::find_if(
        endpoints, [](const Endpoint& endpoint) { return endpoint.coverage.address() == "10.20.0.15:5432"; });
    ASSERT_NE(silent, endpoints.end());
    EXPECT_EQ(silent->coverage.state(), v1::EndpointCoverage::NOT_COVERED);
    EXPECT_EQ(silent->coverage.answered_by(), "db1");
}

TEST(EndpointCoverage, IsReadyWhereReportingNodesListenEverywhere) {
    EXPECT_THAT(judged(coverage_endpoints, whole_fleet()),
                ElementsAre(AllOf(says(v1::READY, "covered"), mentions("3 endpoints"))));
}

TEST(EndpointCoverage, NamesTheServerThatNobodyReportsFromAndWhoUsesIt) {
    EXPECT_THAT(judged(coverage_endpoints, fleet_of({web("")})),
                ElementsAre(AllOf(says(v1::UNKNOWN, "not_covered"),
                                  mentions("Gitaly at 10.20.0.41:8075 (storage default)"),
                                  on(Names{"web1.example.test"}))));
}

TEST(EndpointCoverage, AcceptsWhatIsDeclaredExternal) {
    for (const auto* external : {"10.20.0.41", "10.20.0.41:8075"}) {
        EXPECT_THAT(judged(coverage_endpoints, fleet_of({web("")}), declaring(external)),
                    ElementsAre(AllOf(says(v1::READY, "covered"), mentions("1 declared external"))))
            << external;
    }
    EXPECT_THAT(judged(coverage_endpoints, fleet_of({web("")}), declaring("10.20.0.41:9999")),
                ElementsAre(says(v1::UNKNOWN, "not_covered")));
}

TEST(EndpointCoverage, FindsTheNodeByNameFqdnOrAddressHoweverWritten) {
    const auto db = node("db1", roles("PATRONI") + is_host("db1", "db1.example.test", "2001:db8::15") +
                                    listens_at("postgresql", "::", 5432));
    for (const auto* host : {"db1", "DB1.example.test", "db1.example.test.", "2001:DB8:0:0::15"}) {
        EXPECT_THAT(judged(coverage_endpoints, fleet_of({web(uses_postgres(host)), whole_gitaly(), db})),
                    ElementsAre(says(v1::READY, "covered")))
            << host;
    }
}

TEST(EndpointCoverage, IsUnknownWhereTheNodeIsThereButNothingListens) {
    const auto listening = [](const std::string& listener) {
        return judged(
            coverage_endpoints,
            fleet_of({web(uses_postgres("10.20.0.15")), whole_gitaly(),
                      node("db1",
                           roles("PATRONI") + is_host("db1", "db1.example.test", "10.20.0.15") + listener)}));
    };
    EXPECT_THAT(listening(listens_at("postgresql", "10.20.0.15", 5432)),
                ElementsAre(says(v1::READY, "covered")));
    EXPECT_THAT(listening(""), ElementsAre(AllOf(says(v1::UNKNOWN, "not_listening"), mentions("db1"))));
    EXPECT_THAT(listening(listens_at("postgresql", "127.0.0.1", 5432)),
                ElementsAre(says(v1::UNKNOWN, "not_listening")));
    EXPECT_THAT(listening(listens_at("postgresql", "0.0.0.0", 6432)),
                ElementsAre(says(v1::UNKNOWN, "not_listening")));
    EXPECT_THAT(listening(listens_at("gitaly", "0.0.0.0", 5432)),
                ElementsAre(says(v1::UNKNOWN, "not_listening")));
    EXPECT_THAT(listening(gap("endpoints", "cause: DENIED")),
                ElementsAre(says(v1::UNKNOWN, "listener_unseen")));
}

TEST(EndpointCoverage, TakesALoopbackForTheNodeItself) {
    const auto pgbouncer = listens_at("pgbouncer", "127.0.0.1", 5432);
    EXPECT_THAT(
        judged(coverage_endpoints, fleet_of({web(uses_postgres("localhost") + pgbouncer), whole_gitaly()})),
        ElementsAre(says(v1::READY, "covered")));
    EXPECT_THAT(judged(coverage_endpoints, fleet_of({web(uses_postgres("localhost")), whole_gitaly()})),
                ElementsAre(says(v1::UNKNOWN, "not_listening")));
}

TEST(EndpointCoverage, AsksForReplicasAndForRecordsThatNameThem) {
    const auto verdicts = judged(
        coverage_endpoints,
        fleet_of(
            {web(uses_postgres("/var/opt/gitlab/postgresql",
                               "replicas: ['10.20.0.16', '10.20.0.17:5433'] replica_discovery: 'db.consul'")),
             whole_gitaly()}));
    EXPECT_THAT(verdicts, UnorderedElementsAre(mentions("10.20.0.16:5432"), mentions("10.20.0.17:5433"),
                                               mentions("db.consul (DNS)")));
    EXPECT_THAT(verdicts, Contains(says(v1::UNKNOWN, "not_covered")).Times(3));
}

TEST(EndpointCoverage, AsksForSentinelsAndTheServerTheyName) {
    const auto uses =
        "findings { probe: 'endpoints' redis_endpoint { purpose: 'cache' mode: SENTINEL master_name: "
        "'gitlab-redis' nodes: ['10.20.0.51:26379', '10.20.0.52'] } } ";
    EXPECT_THAT(judged(coverage_endpoints, fleet_of({web(uses), whole_gitaly()})),
                UnorderedElementsAre(mentions("10.20.0.51:26379"), mentions("10.20.0.52:26379"),
                                     mentions("gitlab-redis (by Sentinel)")));
    const auto redis = [](std::string_view name, std::string_view address) {
        return redis_node(name, address, "gitlab-redis", "10.20.0.52");
    };
    EXPECT_THAT(judged(coverage_endpoints, fleet_of({web(uses), whole_gitaly(), redis("redis1", "10.20.0.51"),
                                                     redis("redis2", "10.20.0.52")})),
                ElementsAre(says(v1::READY, "covered")));
    auto upgrade = to("19.3.0");
    upgrade.external = {"10.20.0.51", "10.20.0.52:26379"};
    EXPECT_THAT(judged(coverage_endpoints, fleet_of({web(uses), whole_gitaly()}), upgrade),
                ElementsAre(AllOf(says(v1::READY, "covered"), mentions("3 declared external"))));
}

TEST(EndpointCoverage, AsksForClusterNodesAndForGitalyBehindPraefect) {
    const auto uses =
        R"(findings { probe: "endpoints" redis_endpoint { purpose: "cache" mode: CLUSTER nodes: "10.20.0.71:7000" } }
        findings { probe: "endpoints" praefect_virtual_storage { name: "default" nodes { storage: "gitaly-2" address: "tls://10.20.0.42:9999" } } })";
    EXPECT_THAT(
        judged(coverage_endpoints, fleet_of({web(uses), whole_gitaly()})),
        UnorderedElementsAre(mentions("Redis at 10.20.0.71:7000"),
                             mentions("Gitaly at 10.20.0.42:9999 (virtual storage default, gitaly-2)")));
}

TEST(EndpointCoverage, DoesNotCountANodeThatNeverFinished) {
    auto gitaly = whole_gitaly();
    gitaly.inspection.clear_finished_at();
    EXPECT_THAT(judged(coverage_endpoints, fleet_of({web(""), gitaly})),
                Contains(says(v1::UNKNOWN, "not_covered")));
}

TEST(EndpointCoverage, IsUnknownWhereARailsNodeShowsNotAllKinds) {
    const auto blind =
        node("web1", roles("RAILS") + gap("endpoints", "cause: MALFORMED detail: 'database.yml line 3'"));
    EXPECT_THAT(judged(coverage_endpoints, fleet_of({blind})),
                ElementsAre(AllOf(says(v1::UNKNOWN, "none_seen"), on(Names{"web1"}))));
    EXPECT_THAT(judged(coverage_endpoints, Fleet{}), ElementsAre(says(v1::UNKNOWN, "none_seen")));
    EXPECT_THAT(judged(coverage_endpoints, fleet_of({node("gitaly1", roles("GITALY"))})),
                ElementsAre(says(v1::UNKNOWN, "none_seen")));
}

// A node that claims to be everyone answers for no one.
TEST(EndpointCoverage, IgnoresAddressesThatMeanNoHost) {
    const auto liar =
        node("liar", roles("GITALY") + is_host("localhost", "", "0.0.0.0") + listens_at("gitaly", "", 8075));
    EXPECT_THAT(judged(coverage_endpoints, fleet_of({web(""), liar})),
                ElementsAre(says(v1::UNKNOWN, "not_covered")));
}

TEST(EndpointCoverage, ReadsAddressesInAllTheirForms) {
    const auto split = [](std::string_view text) {
        const auto [host, port] = split_address(text, 1);
        return host + "|" + std::to_string(port);
    };
    EXPECT_EQ(split("tcp://10.20.0.41:8075"), "10.20.0.41|8075");
    EXPECT_EQ(split("dns:///gitaly.example.test:8075"), "gitaly.example.test|8075");
    EXPECT_EQ(split("dns://10.20.0.2/gitaly.example.test:8075"), "gitaly.example.test|8075");
    EXPECT_EQ(split("tls://[2001:db8::5]:9999"), "2001:db8::5|9999");
    EXPECT_EQ(split("[2001:db8::5]"), "2001:db8::5|1");
    EXPECT_EQ(split("2001:db8::5"), "2001:db8::5|1");
    EXPECT_EQ(split("gitaly1"), "gitaly1|1");
    EXPECT_EQ(split("gitaly1:99999999999"), "gitaly1|0");
    EXPECT_EQ(split("[2001:db8::5"), "|0");
    EXPECT_EQ(split(""), "|1");
}

}  // namespace
}  // namespace preflight::readiness
