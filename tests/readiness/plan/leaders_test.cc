// Who leads: masters of Redis behind their replicas, and the server that takes writes by its address.
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string tells_redis(std::string_view address, std::string_view role) {
    return "findings { probe: 'redis' redis_server { address: '" + std::string(address) + "' role: '" +
           std::string(role) + "' } } ";
}

std::string tells_sentinel(std::string_view master) {
    return "findings { probe: 'redis' sentinel_status { address: '127.0.0.1:26379' masters { name: 'm' "
           "address: '" +
           std::string(master) + "' } } } ";
}

// Three Redis nodes at 10.0.0.61 to 63, each with what it tells.
Fleet with_redis(const std::string& first, const std::string& second, const std::string& third) {
    auto fleet = several_nodes("19.2.4");
    std::erase_if(fleet.nodes, [](const FleetNode& node) { return node_name(node) == "redis1"; });
    int number = 0;
    for (const auto& told : {first, second, third}) {
        const auto digit = std::to_string(++number);
        fleet.nodes.push_back(member("redis" + digit, "19.2.4", "REDIS, SENTINEL",
                                     no_geo() + goes_by("10.0.0.6" + digit) + told));
    }
    return fleet;
}

TEST(RedisMasters, ComeBehindTheirReplicas) {
    const auto plan =
        plan_of(with_redis(tells_redis("10.0.0.61:6379", "master"), tells_redis("127.0.0.1:6379", "slave"),
                           tells_redis("/var/opt/gitlab/redis/redis.socket", "slave")));
    EXPECT_THAT(lines(plan), Contains("19.3.0/roll_redis redis2 redis3 redis1"));
    EXPECT_TRUE(step(plan, "19.3.0/roll_redis").one_by_one());
    EXPECT_THAT(open_points(plan), Not(HasSubstr("holds the master")));
}

TEST(RedisMasters, AreThoseThatTheSentinelsName) {
    const auto told = tells_sentinel("10.0.0.62:6379");
    EXPECT_THAT(lines(plan_of(with_redis(told, told, told))),
                Contains("19.3.0/roll_redis redis1 redis3 redis2"));
}

TEST(RedisMasters, ArePutLastInARemedyToo) {
    v1::Verdict verdict;
    verdict.set_check("redis.version");
    verdict.set_key("too_old");
    verdict.set_level(v1::BLOCKER);
    verdict.set_remedy("restart it");
    for (const auto* name : {"redis1", "redis2", "redis3"}) verdict.add_nodes(name);
    const auto fleet = with_redis(tells_redis("10.0.0.61:6379", "master"), "", "");
    EXPECT_THAT(lines(plan_of(fleet, "19.3.0", {verdict})),
                Contains("before/remedy/redis.version/too_old redis2 redis3 redis1"));
}

TEST(RedisMasters, AreRestartedBehindTheOthersAndOneByOne) {
    v1::Verdict verdict;
    verdict.set_check("redis.version");
    verdict.set_key("too_old");
    verdict.set_level(v1::BLOCKER);
    verdict.set_remedy("restart it");
    verdict.set_remedy_phase(v1::RemedyPhase::IN_WINDOW);
    auto& restart = *verdict.add_commands();
    for (const auto* word : {"gitlab-ctl", "restart", "redis"}) restart.add_argv(word);
    for (const auto* name : {"redis1", "redis2", "redis3"}) verdict.add_nodes(name);
    auto fleet = with_redis(tells_redis("10.0.0.61:6379", "master"), "", "");
    const auto one_kind = plan_of(fleet, "19.3.0", {verdict});
    EXPECT_TRUE(step(one_kind, "19.3.0/remedy/redis.version/too_old").one_by_one());
    for (auto& one : fleet.nodes) {
        if (node_name(one) == "redis3")
            one = node("redis3", installed("19.2.4") + runs_on("rocky", "9.4") + roles("REDIS, SENTINEL") +
                                     sees_all() + no_geo());
    }
    verdict.add_commands()->add_argv("apt-cache");
    EXPECT_THAT(
        from_to(lines(plan_of(fleet, "19.3.0", {verdict}), Phase::IN_WINDOW), "remedy", "install"),
        ElementsAre("remedy/redis.version/too_old redis3", "remedy/redis.version/too_old-2 redis2 redis1",
                    "install_consul consul1 consul2"));
}

TEST(RedisMasters, AreOpenWhereNobodyOrTwoVoicesTellThem) {
    const auto open = [](const Fleet& fleet) {
        const auto plan = plan_of(fleet);
        EXPECT_THAT(lines(plan), Contains("19.3.0/roll_redis redis1 redis2 redis3"));
        return open_points(plan);
    };
    EXPECT_THAT(open(with_redis("", "", "")), HasSubstr("Which Redis node holds the master was not seen"));
    EXPECT_THAT(
        open(with_redis(tells_redis("10.0.0.61:6379", "slave") + tells_sentinel("10.0.0.61:6379"), "", "")),
        HasSubstr("Which Redis node holds the master was not seen"));
}

// Several nodes, with three members of Patroni's cluster beside other services in the place of db1 and
// redis1.
v1::Plan with_patroni_beside(std::string_view others, std::string_view leader) {
    auto fleet = several_nodes("19.2.4");
    std::erase_if(fleet.nodes, [](const FleetNode& node) {
        return node_name(node) == "db1" || node_name(node) == "redis1";
    });
    const auto told = no_geo() +
                      "findings { probe: 'patroni' patroni_cluster { scope: 's' members { name: 'x' role: "
                      "'leader' address: '" +
                      std::string(leader) + ":5432' } } } " + migrates("false");
    for (const auto* name : {"both1", "both2", "both3"})
        fleet.nodes.push_back(member(name, "19.2.4", "PATRONI, POSTGRESQL, " + std::string(others), told));
    return plan_of(fleet);
}

TEST(PatroniBesideOthers, RestartsOneByOneTheLeaderLast) {
    const auto redis = step(with_patroni_beside("REDIS", "both1"), "19.3.0/install_redis");
    EXPECT_THAT(redis.nodes(), ElementsAre("both2", "both3", "both1"));
    EXPECT_TRUE(redis.one_by_one());
    EXPECT_THAT(redis.note(),
                HasSubstr("one node at a time, whatever else is said of several: replicas first"));
    const auto jobs = step(with_patroni_beside("SIDEKIQ", "both2"), "19.3.0/install_application");
    EXPECT_THAT(jobs.nodes(), ElementsAre("web2", "both1", "both3", "job1", "both2"));
    EXPECT_TRUE(jobs.one_by_one());
    const auto without = plan_of(several_nodes("19.2.4"));
    for (const auto* id : {"19.3.0/install_redis", "19.3.0/install_application"}) {
        EXPECT_FALSE(step(without, id).one_by_one()) << id;
        EXPECT_THAT(step(without, id).note(), Not(HasSubstr("Patroni"))) << id;
    }
}

TEST(PatroniBesideOthers, LetsALeaderAloneWaitForReplicasBesideRedis) {
    auto fleet = several_nodes("19.2.4");
    std::erase_if(fleet.nodes, [](const FleetNode& node) {
        return node_name(node) == "db1" || node_name(node) == "redis1";
    });
    const auto told = no_geo() +
                      "findings { probe: 'patroni' patroni_cluster { scope: 's' members { name: 'x' role: "
                      "'leader' address: 'db1:5432' } } } ";
    fleet.nodes.push_back(member("db1", "19.2.4", "PATRONI, POSTGRESQL", told));
    fleet.nodes.push_back(member("db2", "19.2.4", "PATRONI, POSTGRESQL, REDIS", told));
    fleet.nodes.push_back(member("db3", "19.2.4", "PATRONI, POSTGRESQL", told));
    const auto plan = plan_of(fleet);
    EXPECT_THAT(from_to(lines(plan, Phase::IN_WINDOW), "install_patroni", "install_rails_first"),
                ElementsAre("install_patroni db3", "install_pgbouncer pgb1", "install_redis db2",
                            "install_patroni-2 db1", "install_rails_first web1"));
    EXPECT_EQ(step(plan, "19.3.0/install_patroni-2").title(),
              "Install GitLab 19.3.0 on the PostgreSQL node, the leader, behind all replicas");
}

TEST(DatabaseServer, IsNoReplicaThatAloneReportsOfItsCluster) {
    const auto plan_with = [](std::string_view leader) {
        auto fleet = several_nodes("19.2.4");
        for (auto& one : fleet.nodes) {
            if (node_name(one) == "db1")
                one = member("db1", "19.2.4", "PATRONI, POSTGRESQL",
                             no_geo() +
                                 "findings { probe: 'patroni' patroni_cluster { scope: 's' members { name: "
                                 "'x' role: 'leader' address: '" +
                                 std::string(leader) + ":5432' } } } ");
        }
        return plan_of(fleet);
    };
    const auto replica = plan_with("db7");
    EXPECT_THAT(lines(replica), Contains("19.3.0/finish_background_rails web1"));
    EXPECT_THAT(open_points(replica), HasSubstr("Which Patroni node leads was not seen"));
    const auto leader = plan_with("db1");
    EXPECT_THAT(lines(leader), Contains("19.3.0/finish_background db1"));
    EXPECT_THAT(open_points(leader), Not(HasSubstr("Which Patroni node leads")));
}

// db1 as another cluster of its own address tells it; Rails goes through PgBouncer.
Fleet behind_pgbouncer(const std::string& of_database, std::string_view roles_of_database) {
    auto fleet = several_nodes("19.2.4");
    for (auto& one : fleet.nodes) {
        if (node_name(one) == "db1") one = member("db1", "19.2.4", roles_of_database, no_geo() + of_database);
        for (auto& finding : *one.inspection.mutable_findings()) {
            if (finding.has_postgres_instance())
                finding.mutable_postgres_instance()->set_through_pgbouncer(true);
        }
    }
    return fleet;
}

std::string led_from(std::string_view address) {
    return goes_by("10.0.0.21") +
           "findings { probe: 'patroni' patroni_cluster { scope: 's' members { name: 'db1' role: 'leader' "
           "address: '" +
           std::string(address) + "' } } } ";
}

std::string backup_of(const Fleet& fleet) {
    const auto plan = plan_of(fleet);
    for (const auto& one : plan.steps()) {
        for (const auto& line : commands(one)) {
            if (line.find("GITLAB_BACKUP_PGHOST") != std::string::npos) return line;
        }
    }
    return "none";
}

TEST(DatabaseHost, StandsInTheCommandsThatGoPastPgbouncer) {
    EXPECT_THAT(backup_of(behind_pgbouncer(led_from("10.0.0.21:5432"), "PATRONI, POSTGRESQL")),
                HasSubstr("GITLAB_BACKUP_PGHOST=10.0.0.21 "));
    const std::string everywhere =
        "findings { probe: 'endpoints' listener { service: 'postgresql' address: '0.0.0.0' port: 5432 } } ";
    EXPECT_THAT(backup_of(behind_pgbouncer(goes_by("10.0.0.22") + everywhere, "POSTGRESQL")),
                HasSubstr("GITLAB_BACKUP_PGHOST=10.0.0.22 "));
    const std::string one =
        "findings { probe: 'endpoints' listener { service: 'postgresql' address: '10.0.0.23' port: 5432 } } ";
    EXPECT_THAT(backup_of(behind_pgbouncer(goes_by("10.0.0.22") + one, "POSTGRESQL")),
                HasSubstr("GITLAB_BACKUP_PGHOST=10.0.0.23 "));
}

TEST(DatabaseHost, IsForAPersonToFillInWhereItIsNotKnownOrNotPlain) {
    const auto unfilled = HasSubstr("GITLAB_BACKUP_PGHOST=POSTGRESQL_HOST ");
    EXPECT_THAT(backup_of(behind_pgbouncer(goes_by("10.0.0.21"), "PATRONI, POSTGRESQL")), unfilled);
    EXPECT_THAT(backup_of(behind_pgbouncer(led_from("10.0.0.21:5439"), "PATRONI, POSTGRESQL")), unfilled)
        << "the commands name the usual port";
    const auto hostile = "findings { probe: 'patroni' patroni_member { scope: 's' name: 'db1' } } " +
                         led_from("$(reboot):5432");
    EXPECT_THAT(backup_of(behind_pgbouncer(hostile, "PATRONI, POSTGRESQL")), unfilled);
    const std::string local =
        "findings { probe: 'endpoints' listener { service: 'postgresql' address: '127.0.0.1' port: 5432 } } ";
    EXPECT_THAT(backup_of(behind_pgbouncer(goes_by("10.0.0.22") + local, "POSTGRESQL")), unfilled);
}

}  // namespace
}  // namespace preflight::readiness
