// The way back of fleets with something of their own: another system on the way, a held package, clusters,
// Praefect.
#include "tests/readiness/way_back/returnable.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ReturnSteps, SpeakTheWordsOfTheSystemThatRunsBeforeTheHop) {
    const auto way = way_back(fleet_of(
        {node("git", installed("18.11.11") + runs_on("amzn", "2") + roles("RAILS, SIDEKIQ, POSTGRESQL"))}));
    EXPECT_THAT(steps(way, 0), Contains("back_install_dnf on git: rpm -e gitlab-ee; yum install "
                                        "gitlab-ee-18.11.11-ee.0.amazon2"));
    EXPECT_THAT(steps(way, 1), Contains("back_install_dnf on git: rpm -e gitlab-ee; dnf install "
                                        "gitlab-ee-19.2.4-ee.0.amazon2023"))
        << "it moved before the hop to 19.3.0, which Amazon Linux 2 has no packages of";
}

TEST(ReturnSteps, KeepAHeldPackageAtTheVersionOfBefore) {
    const auto held = installed("19.2.4", "edition: EE held: true held_by: '/var/lib/dpkg/status'") +
                      runs_on("debian", "12") + roles("RAILS");
    std::vector<std::string> of_package;
    for (const auto& line : steps(way_back(fleet_of({node("a", held)})))) {
        if (line.find("_package on") != std::string::npos || line.find("_install_") != std::string::npos)
            of_package.push_back(line.substr(0, line.find(':')));
    }
    EXPECT_THAT(of_package,
                ElementsAre("back_release_package on a", "back_install_apt on a", "back_hold_package on a"));
}

TEST(ReturnSteps, SayWhichNodesHaveNone) {
    const auto git =
        node("git", installed("19.2.4", "edition: EE") + runs_on("debian", "12") + roles("RAILS"));
    const auto way = way_back(fleet_of({git, silent_node("gitaly1")}));
    EXPECT_THAT(way.notes(), Contains(HasSubstr("gitaly1")));
}

FleetNode member_of(std::string_view name, std::string_view with_roles, const std::string& more = "") {
    return node(name, installed("19.2.4", "edition: EE") + runs_on("debian", "12") + roles(with_roles) +
                          "findings { probe: 'system' host { addresses: '" + std::string(name) + "' } } " +
                          more);
}

std::string leader_at(std::string_view name) {
    return "findings { probe: 'patroni' patroni_cluster { scope: 's' members { name: 'x' role: 'leader' "
           "address: '" +
           std::string(name) + ":5432' } } } ";
}

std::string is_master(std::string_view role) {
    return "findings { probe: 'redis' redis_server { address: '127.0.0.1:6379' role: '" + std::string(role) +
           "' } } ";
}

// Title and nodes of each step that puts a package back.
std::vector<std::string> put_back(const v1::WayBack& way) {
    std::vector<std::string> found;
    for (const auto& step : way.hops(0).steps()) {
        if (step.id().find("back_install") == std::string::npos) continue;
        auto line = step.title().substr(step.title().find("on the"));
        for (const auto& node : step.nodes()) line += " " + node;
        found.push_back(line + (step.one_by_one() ? ", one by one" : ""));
    }
    return found;
}

TEST(ReturnSteps, LetTheLeaderAndTheMasterBeTheLast) {
    const auto patroni = way_back(
        fleet_of({member_of("db1", "PATRONI, POSTGRESQL, REDIS", leader_at("db1")),
                  member_of("db2", "PATRONI, POSTGRESQL"), member_of("db3", "PATRONI, POSTGRESQL")}));
    EXPECT_THAT(put_back(patroni), ElementsAre("on the PostgreSQL nodes db2 db3 db1, one by one"))
        << "not before the others, though it has Redis as well";
    EXPECT_EQ(patroni.hops(0).steps(1).id(), "19.2.4/back_install_apt");
    EXPECT_THAT(patroni.hops(0).steps(1).note(), HasSubstr("no check of Consul is critical"));
    const auto redis = way_back(fleet_of({member_of("redis1", "REDIS, SENTINEL", is_master("master")),
                                          member_of("redis2", "REDIS, SENTINEL", is_master("slave")),
                                          member_of("web1", "RAILS"), member_of("web2", "RAILS")}));
    EXPECT_THAT(put_back(redis),
                ElementsAre("on the Rails nodes web1 web2", "on the Redis nodes redis2 redis1, one by one"));
}

TEST(ReturnSteps, PutTheLeaderLastBehindTheWordsOfAnotherPackageManager) {
    auto leader = member_of("db1", "PATRONI, POSTGRESQL", leader_at("db1"));
    auto other = node(
        "db2", installed("19.2.4", "edition: EE") + runs_on("rocky", "9.4") + roles("PATRONI, POSTGRESQL"));
    EXPECT_THAT(put_back(way_back(fleet_of({leader, other}))),
                ElementsAre("on the PostgreSQL nodes db2", "on the PostgreSQL nodes db1"));
}

TEST(ReturnSteps, PutPraefectsDatabaseBackBeforeItsPackage) {
    const auto all = steps(way_back(fleet_of(
        {member_of("web1", "RAILS"),
         member_of("praefect1", "PRAEFECT",
                   "findings { probe: 'endpoints' postgres_endpoint { purpose: 'praefect' host: '10.0.0.71' "
                   "port: 5432 database: 'praefect_production' user: 'praefect' } } "),
         member_of("praefect2", "PRAEFECT")})));
    const auto place = [&all](std::string_view begin) {
        return std::ranges::find_if(all, [&](const std::string& line) { return line.starts_with(begin); }) -
               all.begin();
    };
    ASSERT_LT(place("back_praefect_database"), static_cast<std::ptrdiff_t>(all.size()));
    EXPECT_EQ(
        all[static_cast<std::size_t>(place("back_praefect_database"))],
        "back_praefect_database on praefect1: /opt/gitlab/embedded/bin/psql --host 10.0.0.71 --port 5432 "
        "--username SERVER_ACCOUNT --dbname postgres -c ALTER DATABASE \"praefect_production\" RENAME TO "
        "\"praefect_production-of-19.3.0\" -c CREATE DATABASE \"praefect_production\" OWNER "
        "\"praefect\"; /opt/gitlab/embedded/bin/pg_restore --host 10.0.0.71 --port 5432 --username "
        "praefect --dbname praefect_production --no-owner --exit-on-error --single-transaction "
        "/var/opt/gitlab/praefect/database-19.2.4.dump");
    EXPECT_THAT(all, Contains("back_stop_praefect on praefect1 praefect2: gitlab-ctl stop praefect"));
    EXPECT_LT(place("back_stop_praefect"), place("back_praefect_database"));
    EXPECT_LT(place("back_praefect_database"), place("back_install_apt"));
    EXPECT_LT(place("back_reconfigure"), place("back_start_praefect"));
    EXPECT_LT(place("back_start_praefect"), place("back_restore"));
}

TEST(ReturnNeeds, AskForADumpOfPraefectsDatabaseBeforeEachHop) {
    const auto fleet = [](std::string_view with_roles) {
        return fleet_of({node("a", installed("19.1.6") + runs_on("debian", "12") + roles(with_roles))});
    };
    const auto way = way_back(fleet("RAILS, PRAEFECT"));
    EXPECT_EQ(state(need(way, "praefect")), "NOT_KNOWN");
    EXPECT_EQ(state(need(way, "praefect", 1)), "MISSING") << "the version does not run yet";
    const auto stated = way_back(fleet("RAILS, PRAEFECT"), with_word("praefect_database_dumped"));
    EXPECT_EQ(state(need(stated, "praefect")), "ATTESTED");
    EXPECT_EQ(state(need(stated, "praefect", 1)), "MISSING") << "a dump is of one version";
    EXPECT_THAT(states(way_back(fleet("RAILS"))), Not(Contains(HasSubstr("praefect"))));
}

TEST(WayBack, SaysThatNoBackupHoldsTheDatabaseOfPraefect) {
    const auto notes = [](std::string_view with_roles) {
        const auto way = way_back(
            fleet_of({node("a", installed("19.2.4") + runs_on("debian", "12") + roles(with_roles))}));
        return std::vector<std::string>(way.notes().begin(), way.notes().end());
    };
    EXPECT_THAT(notes("RAILS, PRAEFECT"), Contains(HasSubstr("is in no backup of GitLab's")));
    EXPECT_THAT(notes("RAILS"), Not(Contains(HasSubstr("is in no backup of GitLab's"))));
}

}  // namespace
}  // namespace preflight::readiness
