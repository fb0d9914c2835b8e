// What a plan asks between two nodes of one step, and after each: Consul, Gitaly, Rails.
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto ask_consul = "curl --silent --show-error http://127.0.0.1:8500/v1/health/state/critical";

std::string verify_of(const v1::PlanStep& step) {
    std::string line;
    for (const auto& word : step.verify().argv()) line += (line.empty() ? "" : " ") + word;
    return line;
}

v1::Plan without_downtime(const Fleet& fleet) {
    auto upgrade = to("19.3.0");
    upgrade.without_downtime = true;
    return plan_of(fleet, upgrade);
}

// Two of each that has to have a stand-in, and no database of the package's but Patroni's.
Fleet doubled() {
    const auto database =
        no_geo() + runs_postgresql("17.10") + with_consul_servers(3) +
        "findings { probe: 'patroni' patroni_cluster { scope: 's' members { name: 'x' role: 'leader' "
        "address: 'db1:5432' } members { name: 'y' role: 'replica' address: 'db2:5432' } } } ";
    const auto rails = no_geo() + runs_postgresql("17.10");
    return fleet_of({member("db1", "19.2.4", "PATRONI, POSTGRESQL, CONSUL", database),
                     member("db2", "19.2.4", "PATRONI, POSTGRESQL, CONSUL", database),
                     member("redis1", "19.2.4", "REDIS, SENTINEL, CONSUL", no_geo() + with_sentinels(3)),
                     member("redis2", "19.2.4", "REDIS, SENTINEL, CONSUL"),
                     member("gitaly1", "19.2.4", "GITALY"), member("web1", "19.2.4", "RAILS", rails),
                     member("web2", "19.2.4", "RAILS", rails + migrates("false"))});
}

TEST(BetweenPatroniNodes, ConsulIsAskedBeforeEach) {
    const auto rolling = without_downtime(doubled());
    ASSERT_EQ(rolling.manner(), v1::Plan::ZERO_DOWNTIME) << open_points(rolling);
    const auto window = plan_of(doubled());
    for (const auto* step_of :
         {&step(rolling, "19.3.0/roll_postgresql"), &step(window, "19.3.0/install_patroni")}) {
        EXPECT_EQ(commands(*step_of).front(), ask_consul) << step_of->id();
        EXPECT_TRUE(step_of->one_by_one()) << step_of->id();
        EXPECT_THAT(step_of->expected(), HasSubstr("[]")) << step_of->id();
    }
}

TEST(BetweenPatroniNodes, TheLeaderComesBehindAReplicaBesideRedis) {
    auto fleet = doubled();
    for (auto& one : fleet.nodes) {
        if (node_name(one) == "db2")
            one.inspection.add_findings()->mutable_node_roles()->add_roles(v1::NodeRoles::REDIS);
    }
    const auto plan = without_downtime(fleet);
    ASSERT_EQ(plan.manner(), v1::Plan::ZERO_DOWNTIME) << open_points(plan);
    EXPECT_THAT(from_to(lines(plan, Phase::IN_WINDOW), "roll_redis", "roll_gitaly"),
                ElementsAre("roll_redis db2 redis1 redis2", "roll_postgresql db1", "roll_gitaly gitaly1"));
    EXPECT_EQ(step(plan, "19.3.0/roll_postgresql").title(),
              "Bring the PostgreSQL node to GitLab 19.3.0, the leader, behind all replicas");
}

TEST(BesideConsul, OtherNodesRestartOneByOneAsWell) {
    const auto with_web3 = [](const std::string& consul) {
        auto fleet = several_nodes("19.2.4");
        fleet.nodes.push_back(
            member("web3", "19.2.4", "RAILS, CONSUL", no_geo() + migrates("false") + consul));
        return step(plan_of(fleet), "19.3.0/install_application");
    };
    const auto server = with_web3("findings { probe: 'consul' consul_cluster { server: true } } ");
    EXPECT_THAT(server.nodes(), ElementsAre("web2", "web3", "job1"));
    EXPECT_TRUE(server.one_by_one());
    EXPECT_THAT(server.note(), HasSubstr("http://127.0.0.1:8500/v1/health/state/critical"));
    EXPECT_THAT(server.note(), AllOf(HasSubstr("several at the same time"),
                                     HasSubstr("one node at a time, whatever else is said of several")));
    EXPECT_TRUE(with_web3("").one_by_one()) << "what it is was not seen";
    const auto client = with_web3("findings { probe: 'consul' consul_cluster { server: false } } ");
    EXPECT_FALSE(client.one_by_one()) << "a client more or less costs no majority";
    EXPECT_THAT(client.note(), Not(HasSubstr("8500")));
}

TEST(BesideConsul, IsMindedOnlyWhereAServerOfItMayRun) {
    const auto rolling = without_downtime(doubled());
    EXPECT_THAT(step(rolling, "19.3.0/roll_redis").note(), HasSubstr("v1/health/state/critical"));
    EXPECT_THAT(step(rolling, "19.3.0/roll_gitaly").note(), Not(HasSubstr("v1/health/state/critical")));
    EXPECT_THAT(step(rolling, "19.3.0/roll_postgresql").note(), Not(HasSubstr("v1/health/state/critical")));
}

TEST(BesideConsul, IsMindedOnPatroniNodesThatHavePgbouncerTooTheLeaderLast) {
    auto fleet = several_nodes("19.2.4");
    std::erase_if(fleet.nodes, [](const FleetNode& node) {
        return node_name(node) == "pgb1" || node_name(node) == "db1";
    });
    for (const auto* name : {"both1", "both2"})
        fleet.nodes.push_back(member(name, "19.2.4", "PATRONI, POSTGRESQL, PGBOUNCER, CONSUL",
                                     no_geo() +
                                         "findings { probe: 'patroni' patroni_cluster { scope: 's' "
                                         "members { name: 'x' role: 'leader' address: 'both1:5432' } "
                                         "members { name: 'y' role: 'replica' address: 'both2:5432' } } } "));
    const auto plan = plan_of(fleet);
    EXPECT_THAT(lines(plan), Not(Contains(StartsWith("19.3.0/install_pgbouncer"))));
    const auto& both = step(plan, "19.3.0/install_patroni");
    EXPECT_THAT(commands(both), Contains("gitlab-ctl restart")) << "its PostgreSQL goes on without";
    EXPECT_THAT(both.nodes(), ElementsAre("both2", "both1"));
    EXPECT_TRUE(both.one_by_one());
    EXPECT_THAT(both.note(), HasSubstr("http://127.0.0.1:8500/v1/health/state/critical"));
}

// The version of the file on disk says nothing of the server that runs.
TEST(BetweenGitalyNodes, TheRunningServiceIsAsked) {
    EXPECT_EQ(verify_of(step(without_downtime(doubled()), "19.3.0/roll_gitaly")), "gitlab-ctl status");
    EXPECT_EQ(verify_of(step(plan_of(several_nodes("19.2.4")), "19.3.0/install_gitaly")),
              "gitlab-ctl status");
}

TEST(BetweenGitalyNodes, PraefectIsAskedWhatItMisses) {
    auto fleet = several_nodes("19.2.4");
    fleet.nodes.push_back(member("gitaly2", "19.2.4", "GITALY"));
    fleet.nodes.push_back(member("praefect1", "19.2.4", "PRAEFECT"));
    const auto plan = plan_of(fleet);
    EXPECT_THAT(from_to(lines(plan, Phase::IN_WINDOW), "roll_gitaly", "check_dataloss"),
                ElementsAre("roll_gitaly_cluster gitaly1 gitaly2", "check_dataloss praefect1"));
    EXPECT_THAT(commands(step(plan, "19.3.0/check_dataloss")),
                ElementsAre("gitlab-ctl praefect check",
                            "/opt/gitlab/embedded/bin/praefect -config /var/opt/gitlab/praefect/config.toml "
                            "dataloss --partially-unavailable"));
    EXPECT_THAT(step(plan, "19.3.0/roll_gitaly_cluster").expected(), HasSubstr("the step after this one"));
    for (auto& node : fleet.nodes) {
        if (node_name(node).starts_with("gitaly")) node = member(node_name(node), "19.3.0", "GITALY");
    }
    EXPECT_THAT(lines(plan_of(fleet)), Not(Contains(StartsWith("19.3.0/check_dataloss"))))
        << "no Gitaly is touched";
}

TEST(BetweenRailsNodes, ReadinessIsAsked) {
    const auto plan = without_downtime(doubled());
    for (const auto* id : {"19.3.0/roll_rails", "19.3.0/settle_first"})
        EXPECT_EQ(verify_of(step(plan, id)),
                  "curl --silent --show-error --fail http://127.0.0.1:8080/-/readiness?all=1")
            << id;
}

// Sidekiq of the old version still runs then, in the documented order.
TEST(BetweenRailsNodes, TheLastMigrationsWaitForRailsAlone) {
    const auto plan = without_downtime(doubled());
    EXPECT_THAT(step(plan, "19.3.0/finish_migrations").why(),
                AllOf(HasSubstr("no Rails node runs it any more"), HasSubstr("Sidekiq nodes")));
}

}  // namespace
}  // namespace preflight::readiness
