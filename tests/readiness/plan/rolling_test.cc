// Plans without downtime: when there is one, and its order.
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Upgrade without_downtime(std::string_view target) {
    auto upgrade = to(target);
    upgrade.without_downtime = true;
    return upgrade;
}

std::string geo(std::string_view site) {
    if (site.empty()) return no_geo();
    return geo_site(site == "london" ? "PRIMARY" : "SECONDARY", site);
}

// Every part has a stand-in.
std::vector<FleetNode> doubled(std::string_view version, const std::string& prefix = "",
                               std::string_view site = "") {
    const auto told = geo(site);
    const std::string cluster =
        "findings { probe: 'patroni' patroni_cluster { scope: 's' members { name: 'x' role: 'replica' "
        "address: '" +
        prefix + "db2:5432' } members { name: 'y' role: 'leader' address: '" + prefix + "db1:5432' } } } ";
    const auto database = told + cluster + runs_postgresql("17.10");
    const auto rails = told + runs_postgresql("17.10");
    const auto be = [&](const std::string& name, std::string_view with_roles, const std::string& more) {
        return member(prefix + name, version, with_roles, more);
    };
    return {be("consul1", "CONSUL", told + with_consul_servers(3)),
            be("consul2", "CONSUL", told),
            be("consul3", "CONSUL", told),
            be("db1", "PATRONI, POSTGRESQL, CONSUL", database),
            be("db2", "PATRONI, POSTGRESQL, CONSUL", database),
            be("pgb1", "PGBOUNCER, CONSUL", told),
            be("redis1", "REDIS, SENTINEL", told + with_sentinels(3)),
            be("redis2", "REDIS, SENTINEL", told),
            be("gitaly1", "GITALY", told),
            be("praefect1", "PRAEFECT", told),
            be("praefect2", "PRAEFECT", told + migrates("false", "praefect")),
            be("web1", "RAILS", rails),
            be("web2", "RAILS", rails + migrates("false")),
            be("job1", "SIDEKIQ", told + migrates("false"))};
}

TEST(PlanWithoutDowntime, GoesNodeByNodeFromTheBack) {
    const auto plan = plan_of(fleet_of(doubled("19.2.4")), without_downtime("19.3.0"));
    EXPECT_EQ(plan.manner(), v1::Plan::ZERO_DOWNTIME);
    EXPECT_THAT(
        lines(plan, Phase::IN_WINDOW),
        ElementsAre("check_before web1", "roll_consul consul1 consul2 consul3", "roll_postgresql db2 db1",
                    "roll_pgbouncer pgb1", "roll_redis redis1 redis2", "roll_gitaly_cluster gitaly1",
                    "check_dataloss praefect1", "roll_praefect_first praefect1", "roll_praefect praefect2",
                    "roll_rails_first web1", "roll_rails web2", "finish_migrations web1", "settle_first web1",
                    "roll_sidekiq job1", "check_after web1",
                    "check_services consul1 consul2 consul3 db1 db2 gitaly1 job1 pgb1 praefect1 praefect2 "
                    "redis1 redis2 web1 web2",
                    "upgrade_runners", "try_by_hand"));
    EXPECT_THAT(commands(step(plan, "19.3.0/roll_rails_first")),
                ElementsAre("touch /etc/gitlab/skip-auto-reconfigure", "apt-get update",
                            "apt-get install gitlab-ee=19.3.0-ee.0",
                            "env SKIP_POST_DEPLOYMENT_MIGRATIONS=true gitlab-ctl reconfigure"));
    EXPECT_TRUE(step(plan, "19.3.0/roll_postgresql").one_by_one());
    EXPECT_THAT(open_points(plan), AllOf(HasSubstr("load balancers"), Not(HasSubstr("with downtime"))));
}

v1::Verdict remedied(std::string_view key, v1::RemedyPhase::Phase phase) {
    v1::Verdict made;
    made.set_check("redis.health");
    made.set_key(std::string(key));
    made.set_level(v1::WARNING);
    made.set_remedy("mend it");
    made.set_remedy_phase(phase);
    return made;
}

TEST(PlanWithoutDowntime, MendsBeforeTheFirstNodeAndBehindTheLast) {
    const auto plan =
        plan_of(fleet_of(doubled("19.2.4")), without_downtime("19.3.0"),
                {remedied("one", v1::RemedyPhase::IN_WINDOW), remedied("two", v1::RemedyPhase::AFTER_HOP)});
    EXPECT_THAT(
        from_to(lines(plan, Phase::IN_WINDOW), "check_before", "roll_consul"),
        ElementsAre("check_before web1", "remedy/redis.health/one", "roll_consul consul1 consul2 consul3"));
    const auto all = lines(plan, Phase::IN_WINDOW);
    EXPECT_THAT(from_to(all, "check_after", "remedy"),
                ElementsAre("check_after web1", "remedy/redis.health/two"));
}

TEST(PlanWithoutDowntime, SaysOfWhichRemediesItMayNotKeepItsName) {
    const std::string one = "may take GitLab away: redis.health: ";
    const auto open = [&](const Upgrade& upgrade, v1::RemedyPhase::Phase phase) {
        return open_points(plan_of(fleet_of(doubled("19.2.4")), upgrade, {remedied("one", phase)}));
    };
    EXPECT_THAT(open(without_downtime("19.3.0"), v1::RemedyPhase::IN_WINDOW), HasSubstr(one));
    EXPECT_THAT(open(without_downtime("19.3.0"), v1::RemedyPhase::AFTER_HOP), Not(HasSubstr(one)));
    EXPECT_THAT(open(to("19.3.0"), v1::RemedyPhase::IN_WINDOW), Not(HasSubstr(one)));
}

TEST(PlanWithoutDowntime, LeavesOpenWhatOnlyAPersonKnowsUntilThatIsAttested) {
    auto upgrade = without_downtime("19.3.0");
    const auto open = open_points(plan_of(fleet_of(doubled("19.2.4")), upgrade));
    EXPECT_THAT(open, AllOf(HasSubstr("For a person to confirm: whether the load balancers"),
                            HasSubstr("Praefect's own database"), HasSubstr("only PgBouncer")));
    for (const auto* statement : {"load_balancers_drain_nodes", "praefect_database_has_stand_in"}) {
        auto& word = *upgrade.acceptances.add_attestations();
        word.set_statement(statement);
        *word.mutable_made_at() = time_of("2026-08-01T00:00:00Z");
        *word.mutable_expires_at() = time_of("2026-09-01T00:00:00Z");
    }
    const auto attested = open_points(plan_of(fleet_of(doubled("19.2.4")), upgrade));
    EXPECT_THAT(attested, AllOf(Not(HasSubstr("load balancers")), Not(HasSubstr("Praefect's own database")),
                                HasSubstr("only PgBouncer")));
}

TEST(PlanWithoutDowntime, FinishesMigrationsWhenEverySiteHasTheVersion) {
    auto nodes = doubled("19.2.4", "", "london");
    for (auto& node : doubled("19.2.4", "c-", "berlin")) nodes.push_back(std::move(node));
    const auto plan = plan_of(fleet_of(std::move(nodes)), without_downtime("19.3.0"));
    ASSERT_EQ(plan.manner(), v1::Plan::ZERO_DOWNTIME) << open_points(plan);
    const auto all = lines(plan, Phase::IN_WINDOW);
    EXPECT_THAT(
        from_to(all, "primary/roll_rails_first", "secondary-1/roll_consul"),
        ElementsAre("primary/roll_rails_first web1", "primary/roll_rails web2", "primary/roll_sidekiq job1",
                    "secondary-1/roll_consul c-consul1 c-consul2 c-consul3"));
    EXPECT_THAT(from_to(all, "secondary-1/roll_rails_first", "secondary-1/finish"),
                ElementsAre("secondary-1/roll_rails_first_secondary c-web1",
                            "secondary-1/roll_rails_secondary c-web2", "secondary-1/roll_sidekiq c-job1",
                            "primary/finish_migrations web1", "primary/check_geo web1",
                            "primary/settle_first web1", "secondary-1/finish_tracking_migrations c-web1"));
}

// The primary's upgrade may have added some.
TEST(PlanWithoutDowntime, ComparesTheSecretsBeforeRailsOfASecondary) {
    auto nodes = doubled("19.2.4", "", "london");
    for (auto& node : doubled("19.2.4", "c-", "berlin")) nodes.push_back(std::move(node));
    const auto plan = plan_of(fleet_of(std::move(nodes)), without_downtime("19.3.0"));
    ASSERT_EQ(plan.manner(), v1::Plan::ZERO_DOWNTIME) << open_points(plan);
    const auto all = lines(plan, Phase::IN_WINDOW);
    EXPECT_THAT(from_to(all, "secondary-1/roll_praefect c-", "secondary-1/roll_rails_first"),
                ElementsAre("secondary-1/roll_praefect c-praefect2",
                            "secondary-1/compare_secrets job1 web1 web2 c-job1 c-web1 c-web2",
                            "secondary-1/roll_rails_first_secondary c-web1"));
    EXPECT_EQ(step(plan, "19.3.0/secondary-1/compare_secrets").title(),
              "See that gitlab-secrets.json is the same on the Rails and Sidekiq nodes of the primary site, "
              "and on those of the secondary site berlin");
    EXPECT_THAT(all, Not(Contains(HasSubstr("primary/compare_secrets"))));
}

TEST(PlanWithoutDowntime, IsNoneForASingleNode) {
    const auto plan = plan_of(fleet_of({single_node("19.2.4")}), without_downtime("19.3.0"));
    EXPECT_EQ(plan.manner(), v1::Plan::SINGLE_NODE);
    EXPECT_THAT(open_points(plan), HasSubstr("a single node is down while it is upgraded"));
}

TEST(PlanWithoutDowntime, IsNoneOverMoreThanOneMinorOrAnotherPostgresql) {
    const auto two = plan_of(fleet_of(doubled("19.0.8")), without_downtime("19.2.4"));
    EXPECT_EQ(two.manner(), v1::Plan::WITH_DOWNTIME);
    EXPECT_THAT(open_points(two), HasSubstr("the hop 19.0.8 → 19.2.4 passes over a minor version"));
    const auto major = plan_of(fleet_of(doubled("18.11.11")), without_downtime("19.0.8"));
    EXPECT_EQ(major.manner(), v1::Plan::ZERO_DOWNTIME) << "19.0 comes next after 18.11";
    auto old = doubled("18.11.11");
    for (auto& node : old) {
        for (auto& finding : *node.inspection.mutable_findings()) {
            if (finding.has_postgres_instance()) finding.mutable_postgres_instance()->set_version("16.13");
        }
    }
    EXPECT_THAT(open_points(plan_of(fleet_of(old), without_downtime("19.0.8"))),
                HasSubstr("PostgreSQL comes to another major version"));
}

TEST(PlanWithoutDowntime, IsNoneWhereAPartHasNoStandIn) {
    struct Missing {
        const char* node;
        const char* reason;
    };
    for (const auto& [name, reason] : {Missing{"web2", "fewer than two Rails nodes"},
                                       Missing{"db2", "nobody takes over from the PostgreSQL"},
                                       Missing{"redis2", "nobody takes over from the Redis"},
                                       Missing{"praefect2", "there is one Praefect"}}) {
        auto nodes = doubled("19.2.4");
        std::erase_if(nodes, [&](const FleetNode& node) { return node_name(node) == name; });
        const auto plan = plan_of(fleet_of(nodes), without_downtime("19.3.0"));
        EXPECT_EQ(plan.manner(), v1::Plan::WITH_DOWNTIME) << name;
        EXPECT_THAT(open_points(plan), HasSubstr(reason));
    }
}

TEST(PlanWithoutDowntime, IsNoneWhereANodeDidNotSayWhatItIs) {
    auto nodes = doubled("19.2.4");
    nodes.push_back(silent_node("new1"));
    const auto plan = plan_of(fleet_of(nodes), without_downtime("19.3.0"));
    EXPECT_EQ(plan.manner(), v1::Plan::WITH_DOWNTIME);
    EXPECT_THAT(open_points(plan), HasSubstr("not every node told what it is"));
}

}  // namespace
}  // namespace preflight::readiness
