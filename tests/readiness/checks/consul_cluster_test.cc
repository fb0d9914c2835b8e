#include "readiness/checks/consul_cluster.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::string member(std::string_view name, std::string_view address, std::string_view status,
                   std::string_view more = "role: 'server' version: '1.21.4'") {
    return "members { name: '" + std::string(name) + "' address: '" + std::string(address) + "' status: '" +
           std::string(status) + "' " + std::string(more) + " } ";
}

constexpr std::string_view peers =
    "leader: '10.5.0.11:8300' peers: '10.5.0.11:8300' peers: '10.5.0.12:8300' peers: '10.5.0.13:8300' ";
constexpr std::string_view passing =
    "checks { node: 'consul1' status: 'passing' } checks { node: 'db1' service: 'postgresql-ha' status: "
    "'passing' } ";

std::string servers(std::string_view second = "alive", std::string_view third = "alive") {
    return member("consul1", "10.5.0.11", "alive") + member("consul2", "10.5.0.12", second) +
           member("consul3", "10.5.0.13", third);
}

std::string agent(const std::string& said) {
    return roles("CONSUL") + ran({"consul"}) +
           "findings { probe: 'consul' reach { kind: 'consul' address: '127.0.0.1:8500' reached: true } } "
           "findings { probe: 'consul' consul_cluster { address: '127.0.0.1:8500' datacenter: 'dc1' " +
           said + " } } ";
}

std::string whole() { return std::string(peers) + servers() + std::string(passing); }

std::vector<v1::Verdict> of(const std::string& said) {
    return judged(consul_cluster, fleet_of({node("consul1", agent(said))}));
}

TEST(ConsulCluster, IsReadyWhereAllAreThere) {
    EXPECT_THAT(of(whole()), ElementsAre(says(v1::READY, "whole")));
    expect_no_loss_is_green(consul_cluster, fleet_of({node("consul1", agent(whole()))}), states);
}

TEST(ConsulCluster, KnowsWhoLeadsPatroni) {
    const auto beside = [](std::string_view key, std::string_view patroni) {
        return judged(
            consul_cluster,
            fleet_of(
                {node("consul1", agent(whole() + "patroni_leader { scope: 'postgresql-ha' name: '" +
                                       std::string(key) + "' }") +
                                     "findings { probe: 'patroni' patroni_cluster { scope: "
                                     "'postgresql-ha' members { name: '" +
                                     std::string(patroni) +
                                     "' role: 'leader' } members { name: 'pg9' role: 'replica' } } } ")}));
    };
    EXPECT_THAT(beside("pg1", "pg1"), ElementsAre(says(v1::READY, "whole")));
    const auto switching = beside("", "pg1");
    EXPECT_THAT(switching, ElementsAre(says(v1::WARNING, "switch_under_way")));
    EXPECT_EQ(switching[0].evidence(0).what(), "dc1: postgresql-ha: nobody by Consul, pg1 by Patroni");
    EXPECT_THAT(of(whole() + "patroni_leader { scope: 'postgresql-ha' }"),
                ElementsAre(says(v1::BLOCKER, "no_patroni_leader")))
        << "Patroni names none either";
    const auto differ = beside("pg2", "pg1");
    EXPECT_THAT(differ, ElementsAre(says(v1::WARNING, "leaders_differ")));
    EXPECT_EQ(differ[0].evidence(0).what(), "dc1: postgresql-ha: pg2 by Consul, pg1 by Patroni");
}

TEST(ConsulCluster, LetsMembersLeave) {
    EXPECT_THAT(of(whole() + member("old", "10.5.0.19", "left")), ElementsAre(says(v1::READY, "whole")));
}

TEST(ConsulCluster, BlocksWithoutALeader) {
    auto said = whole();
    said.replace(said.find("leader: '10.5.0.11:8300'"), 24, "");
    EXPECT_THAT(of(said), ElementsAre(says(v1::BLOCKER, "no_leader")));
}

TEST(ConsulCluster, BlocksAFailedServerAndSaysWhatIsLeft) {
    EXPECT_THAT(of(std::string(peers) + servers("failed") + std::string(passing)),
                UnorderedElementsAre(says(v1::BLOCKER, "server_failed"), says(v1::WARNING, "no_spare")));
    EXPECT_THAT(of(std::string(peers) + servers("failed", "failed") + std::string(passing)),
                UnorderedElementsAre(says(v1::BLOCKER, "server_failed"), says(v1::BLOCKER, "no_quorum")));
}

TEST(ConsulCluster, TellsAServiceThatNobodyOffersFromOneThatOthersOffer) {
    const std::string critical = "checks { node: 'db2' service: 'postgresql-ha' status: 'critical' } ";
    EXPECT_THAT(of(whole() + critical), ElementsAre(says(v1::NOTE, "some_critical")));
    EXPECT_THAT(of(std::string(peers) + servers() + critical),
                ElementsAre(says(v1::BLOCKER, "service_down")));
}

TEST(ConsulCluster, WarnsOfCriticalNodesFailedClientsAndMixedVersions) {
    EXPECT_THAT(of(whole() + "checks { node: 'db2' status: 'critical' }"),
                ElementsAre(says(v1::WARNING, "critical")));
    EXPECT_THAT(of(whole() + member("web9", "10.5.0.99", "failed", "role: 'client'")),
                ElementsAre(says(v1::WARNING, "client_failed")));
    const auto verdicts = of(whole() + member("web9", "10.5.0.99", "alive", "version: '1.18.2'"));
    EXPECT_THAT(verdicts, ElementsAre(says(v1::WARNING, "versions_differ")));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "dc1: 1.18.2 on 1 member, 1.21.4 on 3 members");
}

TEST(ConsulCluster, IsUnknownWhereConsulHidesItsState) {
    EXPECT_THAT(of(std::string(peers) + servers() + "denied: '/v1/health/state/any'"),
                ElementsAre(says(v1::UNKNOWN, "denied")));
    EXPECT_THAT(of("denied: '/v1/status/leader'"), Contains(says(v1::UNKNOWN, "denied")));
}

TEST(ConsulCluster, IsUnknownWhereItDidNotAnswer) {
    EXPECT_THAT(of("leader: 'x:1'"), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of(whole() + member("web9", "10.5.0.99", "")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(consul_cluster, fleet_of({node("consul1", roles("CONSUL"))})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(consul_cluster, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(ConsulCluster, DoesNotApplyWhereNobodyRunsIt) {
    EXPECT_THAT(judged(consul_cluster, fleet_of({node("web1", roles("RAILS"))})),
                ElementsAre(says(v1::NOT_APPLICABLE, "unused")));
}

}  // namespace
}  // namespace preflight::readiness
