#include "readiness/checks/zero_downtime_eligible.h"

#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::SizeIs;

using Verdicts = std::vector<v1::Verdict>;

void state(Upgrade& upgrade, std::string_view statement) {
    auto& made = *upgrade.acceptances.add_attestations();
    made.set_id("a-" + std::string(statement));
    made.set_statement(std::string(statement));
    made.set_owner("Jo Doe");
    made.set_detail("tried on staging");
    *made.mutable_made_at() = time_of("2026-08-01T00:00:00Z");
    *made.mutable_expires_at() = time_of("2026-09-01T00:00:00Z");
}

// Persons have said what no finding tells.
Upgrade without_downtime(std::string_view target = "19.3.0") {
    auto upgrade = to(target);
    upgrade.without_downtime = true;
    state(upgrade, "load_balancers_drain_nodes");
    state(upgrade, "praefect_database_has_stand_in");
    return upgrade;
}

// Every part has another that takes over.
std::vector<FleetNode> doubled(std::string_view version = "19.2.4", std::string_view postgresql = "17.10",
                               const std::string& agreeing = with_consul_servers(3) + with_sentinels(3)) {
    const auto database = no_geo() + runs_postgresql(postgresql) + agreeing;
    return {member("db1", version, "PATRONI, POSTGRESQL, CONSUL", database),
            member("db2", version, "PATRONI, POSTGRESQL, CONSUL"),
            member("redis1", version, "REDIS, SENTINEL"),
            member("redis2", version, "REDIS, SENTINEL"),
            member("gitaly1", version, "GITALY"),
            member("praefect1", version, "PRAEFECT"),
            member("praefect2", version, "PRAEFECT"),
            member("web1", version, "RAILS"),
            member("web2", version, "RAILS")};
}

std::vector<FleetNode> lacking(std::string_view name) {
    auto nodes = doubled();
    std::erase_if(nodes, [&](const FleetNode& node) { return node_name(node) == name; });
    return nodes;
}

Verdicts of(const std::vector<FleetNode>& nodes, const Upgrade& upgrade = without_downtime()) {
    return judged(zero_downtime_eligible, fleet_of(nodes), upgrade);
}

bool is_ready(const Verdicts& verdicts) {
    return std::ranges::any_of(verdicts, [](const auto& one) { return one.level() == v1::READY; });
}

TEST(ZeroDowntime, IsPossibleWhereEveryPartHasAnotherThatTakesOver) {
    const auto verdicts = of(doubled());
    ASSERT_THAT(verdicts, ElementsAre(says(v1::READY, "possible")));
    std::string shown;
    for (const auto& one : verdicts[0].evidence()) shown += one.what() + "\n";
    EXPECT_EQ(shown,
              "no hop passes over a minor version: 19.2.4 → 19.3.0\n"
              "PostgreSQL stays on its major version\n"
              "one Rails node serves while another is upgraded: Rails on web1, web2\n"
              "Patroni gives the PostgreSQL another leader: Patroni on db1, db2\n"
              "Sentinels give the Redis another master: Redis on redis1, redis2\n"
              "Consul has more than one node: Consul on db1, db2\n"
              "there is more than one Praefect: Praefect on praefect1, praefect2\n"
              "Gitaly takes the new version by a reload, in a cluster or not: Gitaly on gitaly1\n"
              "every node has GitLab from a Linux package\n"
              "the load balancers take a node out as soon as it is not ready: load_balancers_drain_nodes: Jo "
              "Doe, tried on staging, until 2026-09-01T00:00:00Z\n"
              "Praefect's own database has a stand-in: praefect_database_has_stand_in: Jo Doe, tried on "
              "staging, until 2026-09-01T00:00:00Z\n");
    EXPECT_THAT(verdicts[0].nodes(), SizeIs(0)) << "it is of the instance";
}

TEST(ZeroDowntime, IsImpossibleWhereNobodyTakesOver) {
    for (const auto& [node, reason] : {std::pair{"web2", "fewer than two Rails nodes were seen"},
                                       std::pair{"db2", "nobody takes over from the PostgreSQL"},
                                       std::pair{"redis2", "nobody takes over from the Redis"},
                                       std::pair{"praefect2", "there is one Praefect"}}) {
        EXPECT_THAT(of(lacking(node)), Contains(AllOf(says(v1::BLOCKER, "impossible"), mentions(reason))));
    }
    EXPECT_THAT(of({single_node("19.2.4")}),
                ElementsAre(AllOf(says(v1::BLOCKER, "impossible"),
                                  mentions("a single node is down while it is upgraded"))));
}

std::vector<FleetNode> agreeing_by(const std::string& told) { return doubled("19.2.4", "17.10", told); }

TEST(ZeroDowntime, IsImpossibleWhereConsulCannotSpareAServer) {
    EXPECT_THAT(
        of(agreeing_by(with_consul_servers(2) + with_sentinels(3))),
        ElementsAre(AllOf(says(v1::BLOCKER, "impossible"), mentions("without one of its two servers"))));
    EXPECT_THAT(of(agreeing_by(with_consul_servers(3) + with_sentinels(3))),
                ElementsAre(says(v1::READY, "possible")));
}

TEST(ZeroDowntime, IsImpossibleWhereSentinelsCannotSpareOne) {
    EXPECT_THAT(of(agreeing_by(with_consul_servers(3) + with_sentinels(2))),
                ElementsAre(AllOf(says(v1::BLOCKER, "impossible"), mentions("fewer than three Sentinels"))));
}

TEST(ZeroDowntime, IsNotKnownWhereNobodyToldHowManyAgree) {
    EXPECT_THAT(of(agreeing_by(with_sentinels(3))),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), mentions("how many servers Consul has"))));
    EXPECT_THAT(of(agreeing_by(with_consul_servers(3))),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), mentions("fewer than three Sentinels"))));
    auto nodes = agreeing_by(with_consul_servers(3));
    nodes.push_back(member("sentinel3", "19.2.4", "SENTINEL"));
    EXPECT_THAT(of(nodes), ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), mentions("which replicas"))))
        << "all three were seen, and none told of a master";
}

TEST(ZeroDowntime, IsImpossibleWhereAMoveLeavesTextIndexesToBeRebuilt) {
    const auto on = [](std::string_view of_databases, std::string_view of_others) {
        auto nodes = doubled("16.11.10", "14.11");
        for (auto& node : nodes) {
            for (auto& finding : *node.inspection.mutable_findings()) {
                if (!finding.has_operating_system()) continue;
                const bool database = node_name(node).starts_with("db");
                finding.mutable_operating_system()->set_version_id(
                    std::string(database ? of_databases : of_others));
            }
        }
        return of(nodes, without_downtime("17.0.8"));
    };
    const auto told = mentions("its text indexes are rebuilt while GitLab is stopped");
    EXPECT_THAT(on("18.04", "20.04"), Contains(AllOf(says(v1::BLOCKER, "impossible"), told)));
    EXPECT_THAT(on("20.04", "18.04"), Each(Not(told))) << "no PostgreSQL lies on what moves";
}

TEST(ZeroDowntime, IsImpossibleWhereAMasterOfRedisHasNoReplica) {
    const auto with = [](std::string_view of_master, std::string_view of_status = "") {
        auto nodes = agreeing_by(with_consul_servers(3) + with_sentinels(3, of_master));
        for (auto& finding : *nodes[0].inspection.mutable_findings()) {
            if (finding.has_sentinel_status() && !of_status.empty())
                finding.mutable_sentinel_status()->add_denied(std::string(of_status));
        }
        return of(nodes);
    };
    EXPECT_THAT(with("replicas: '10.9.0.98:6379' "), ElementsAre(says(v1::READY, "possible")));
    EXPECT_THAT(with(""), ElementsAre(AllOf(says(v1::BLOCKER, "impossible"),
                                            mentions("a master of the Redis has no replica"))));
    EXPECT_THAT(with("", "SENTINEL REPLICAS"),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), mentions("which replicas"))));
    EXPECT_THAT(with("replicas: '10.9.0.98:6379' } masters { name: 'second' "),
                ElementsAre(says(v1::BLOCKER, "impossible")))
        << "each of them needs one";
}

TEST(ZeroDowntime, IsImpossibleWhereAPostgresqlStandsBesideTheCluster) {
    auto nodes = doubled();
    nodes.push_back(member("db3", "19.2.4", "POSTGRESQL"));
    EXPECT_THAT(of(nodes), ElementsAre(AllOf(says(v1::BLOCKER, "impossible"),
                                             mentions("no member of Patroni's cluster"))));
    nodes.back() = member("db3", "19.2.4", "POSTGRESQL",
                          no_geo() +
                              "findings { probe: 'services' service { name: 'geo-postgresql' enabled: "
                              "true } } ");
    EXPECT_THAT(of(nodes), ElementsAre(says(v1::READY, "possible"))) << "it holds what Geo tracks";
}

TEST(ZeroDowntime, IsImpossibleWhereTheEditionChanges) {
    auto upgrade = without_downtime();
    upgrade.edition = v1::EE;
    EXPECT_THAT(of(doubled(), upgrade), ElementsAre(says(v1::READY, "possible")));
    auto nodes = doubled();
    const auto be = [&](v1::Edition edition) {
        for (auto& finding : *nodes.back().inspection.mutable_findings()) {
            if (finding.has_installation()) finding.mutable_installation()->set_edition(edition);
        }
    };
    be(v1::CE);
    EXPECT_THAT(of(nodes, upgrade),
                ElementsAre(AllOf(says(v1::BLOCKER, "impossible"), mentions("the edition changes"))));
    be(v1::EDITION_UNSPECIFIED);
    EXPECT_THAT(of(nodes, upgrade),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), mentions("not every node told its edition"))));
}

TEST(ZeroDowntime, IsImpossibleOverMoreThanOneMinorOrToAnotherPostgresql) {
    EXPECT_THAT(of(doubled("19.0.8"), without_downtime("19.2.4")),
                ElementsAre(AllOf(says(v1::BLOCKER, "impossible"),
                                  mentions("the hop 19.0.8 → 19.2.4 passes over a minor version"))));
    EXPECT_THAT(of(doubled("18.11.11"), without_downtime("19.0.8")),
                ElementsAre(says(v1::READY, "possible")));
    EXPECT_THAT(of(doubled("18.11.11", "16.13"), without_downtime("19.0.8")),
                ElementsAre(AllOf(says(v1::BLOCKER, "impossible"),
                                  mentions("PostgreSQL comes to another major version"))));
}

TEST(ZeroDowntime, IsImpossibleOutsideOfLinuxPackages) {
    auto nodes = doubled();
    nodes.back() = node("web2",
                        "findings { probe: 'installation' installation { method: DOCKER version: '19.2.4' "
                        "edition: EE } } " +
                            roles("RAILS") + sees_all() + no_geo());
    EXPECT_THAT(of(nodes), ElementsAre(AllOf(says(v1::BLOCKER, "impossible"),
                                             mentions("not every node has GitLab from a Linux package"))));
}

TEST(ZeroDowntime, IsNotKnownWhereANodeOrTheDatabaseToldTooLittle) {
    auto nodes = lacking("web2");
    nodes.push_back(silent_node("web2"));
    // The second Rails node may be the one that says nothing.
    EXPECT_THAT(of(nodes), AllOf(Each(says(v1::UNKNOWN, "unseen")),
                                 Contains(mentions("fewer than two Rails nodes were seen")),
                                 Contains(mentions("not every node told what it is"))));
    EXPECT_THAT(of(doubled("19.2.4", "")),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), mentions("not every PostgreSQL told"))));
    EXPECT_THAT(of({silent_node("web1")}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(ZeroDowntime, LeavesToAPersonWhatNoFindingTells) {
    auto upgrade = without_downtime();
    upgrade.acceptances.clear_attestations();
    EXPECT_THAT(of(doubled(), upgrade),
                ElementsAre(AllOf(says(v1::WARNING, "to_confirm"), mentions("load balancers")),
                            AllOf(says(v1::WARNING, "to_confirm"), mentions("Praefect's own database"))));
    auto nodes = doubled();
    nodes.push_back(member("pgb1", "19.2.4", "PGBOUNCER"));
    EXPECT_THAT(of(nodes), ElementsAre(AllOf(says(v1::WARNING, "to_confirm"), mentions("only PgBouncer"))));
    for (const auto& [role, name] : {std::pair{"REGISTRY", "registry"}, std::pair{"PAGES", "Pages"},
                                     std::pair{"KAS", "KAS"}, std::pair{"LOAD_BALANCER", "load balancer"}}) {
        nodes.back() = member("one", "19.2.4", role);
        const auto bears = "bears the restart of its only " + std::string(name);
        EXPECT_THAT(of(nodes), ElementsAre(AllOf(says(v1::WARNING, "to_confirm"), mentions(bears))));
        nodes.push_back(member("two", "19.2.4", role));
        EXPECT_THAT(of(nodes), ElementsAre(says(v1::READY, "possible"))) << role << " on two";
        nodes.pop_back();
    }
}

TEST(ZeroDowntime, StopsNothingWhereDowntimeIsPlanned) {
    const auto planned = to("19.3.0");
    EXPECT_THAT(of({single_node("19.2.4")}, planned),
                ElementsAre(AllOf(says(v1::NOTE, "with_downtime"),
                                  mentions("without it is not possible: a single node is down"))));
    EXPECT_THAT(of(doubled(), planned),
                ElementsAre(AllOf(says(v1::NOTE, "with_downtime"), mentions("where a person confirms it"))));
    EXPECT_THAT(of({silent_node("web1")}, planned),
                ElementsAre(AllOf(says(v1::NOTE, "with_downtime"), mentions("no path is known"))));
}

TEST(ZeroDowntime, DoesNotApplyAtTheTarget) {
    EXPECT_THAT(of(doubled("19.3.0")), ElementsAre(says(v1::NOT_APPLICABLE, "at_target")));
}

// What stands in the way does not go away with the finding that shows it.
TEST(ZeroDowntime, NeverBecomesPossibleByALoss) {
    struct Case {
        std::vector<FleetNode> nodes;
        Upgrade upgrade;
    };
    const std::vector<Case> cases{
        {lacking("web2"), without_downtime()},
        {lacking("db2"), without_downtime()},
        {lacking("redis2"), without_downtime()},
        {lacking("praefect2"), without_downtime()},
        {agreeing_by(with_consul_servers(2) + with_sentinels(3)), without_downtime()},
        {agreeing_by(with_consul_servers(3) + with_sentinels(2)), without_downtime()},
        {agreeing_by(with_consul_servers(3) + with_sentinels(3, "")), without_downtime()},
        {{single_node("19.2.4")}, without_downtime()},
        {doubled("18.11.11", "16.13"), without_downtime("19.0.8")}};
    for (const auto& [nodes, upgrade] : cases) {
        ASSERT_FALSE(is_ready(of(nodes, upgrade)));
        for (std::size_t at = 0; at < nodes.size(); ++at) {
            for (int lost = 0; lost < nodes[at].inspection.findings_size(); ++lost) {
                auto less = nodes;
                less[at].inspection.mutable_findings()->DeleteSubrange(lost, 1);
                EXPECT_FALSE(is_ready(of(less, upgrade)))
                    << nodes[at].inspection.findings(lost).ShortDebugString();
            }
        }
    }
}

}  // namespace
}  // namespace preflight::readiness
