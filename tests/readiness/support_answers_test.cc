#include "readiness/support_answers/support_answers.h"

#include "tests/readiness/answers_of.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(SupportAnswers, ComeInTheOrderInWhichSupportAsks) {
    const auto made = answers(whole_fleet());
    std::vector<std::string> ids;
    for (const auto& question : made.questions()) ids.push_back(question.id());
    EXPECT_THAT(ids, ElementsAre("installation", "systems", "architecture", "external", "geo", "unique",
                                 "known_issues", "open"));
    EXPECT_EQ(made.questions(0).question(), "How is GitLab installed?");
}

TEST(SupportAnswers, TellHowGitlabIsInstalled) {
    EXPECT_THAT(
        of(whole_fleet(), "installation"),
        ElementsAre("SEEN : Linux package gitlab-ee 19.2.4-ee.0: gitaly1.example.test, web1.example.test"));
    const auto mixed = fleet_of(
        {node("a",
              "findings { probe: 'installation' installation { method: DOCKER version: '19.2.4' edition: CE "
              "} }"),
         node("b", "findings { probe: 'installation' installation { method: NONE } }"),
         node("c", gap("installation", "cause: DENIED detail: 'no right to read'")), silent_node("d"),
         node("e", installed("19.2.4", "edition: EE fips: true package_version: '19.2.4-fips.0'"))});
    EXPECT_THAT(of(mixed, "installation"),
                ElementsAre("SEEN : Container (Docker) with the Linux package, GitLab 19.2.4-ce: a",
                            "SEEN : Linux package gitlab-ee 19.2.4-fips.0, FIPS build: e",
                            "SEEN : No GitLab: b", "NOT_SEEN : How GitLab is installed was not seen: c, d"));
    const auto made = answers(mixed);
    EXPECT_EQ(made.questions(0).answers(3).evidence(0).what(), "no right to read");
}

TEST(SupportAnswers, TellOfEachSystemWhetherLaterUpdatesExistForIt) {
    const auto on = [](std::string_view id, std::string_view version) {
        return fleet_of({node("web1", installed("18.11.11") + runs_on(id, version))});
    };
    EXPECT_THAT(
        of(on("ubuntu", "24.04"), "systems"),
        ElementsAre(AllOf(HasSubstr("SEEN web1: ubuntu 24.04, x86_64. GitLab 19.3.0 has packages for Ubuntu "
                                    "24.04; the last with them is GitLab 21.11."),
                          HasSubstr("standard support"))));
    EXPECT_THAT(
        of(on("debian", "12"), "systems"),
        ElementsAre(HasSubstr("; GitLab's list names 19.3 as the last with them, which other sources")));
    EXPECT_THAT(of(on("ubuntu", "20.04"), "systems"),
                ElementsAre(HasSubstr("SEEN web1: ubuntu 20.04, x86_64. No later updates")));
    EXPECT_THAT(
        of(on("gentoo", "2"), "systems"),
        ElementsAre("NOT_SEEN web1: gentoo 2, x86_64. It is not in the table of systems: whether there "
                    "are later updates is not known."));
    EXPECT_THAT(of(fleet_of({node("web1", installed("18.11.11"))}), "systems"),
                ElementsAre("NOT_SEEN web1: The operating system was not seen."));
    EXPECT_THAT(of(fleet_of({node("web1", runs_on("debian", "12"))}), "systems"),
                ElementsAre(HasSubstr("NOT_SEEN web1: debian 12, x86_64. Whether GitLab's packages")));
    const auto docker =
        fleet_of({node("web1", "findings { probe: 'installation' installation { method: DOCKER } }" +
                                   runs_on("debian", "12"))});
    EXPECT_THAT(of(docker, "systems"),
                ElementsAre("SEEN web1: debian 12, x86_64. GitLab is not from its packages."));
}

TEST(SupportAnswers, CallAnInstanceSingleOnlyWhereAllIsAccountedFor) {
    const auto single = [](std::string_view gitaly) {
        return fleet_of(
            {node("git", installed("19.2.4") + roles("RAILS, POSTGRESQL") + ran({"endpoints"}) +
                             "findings { probe: 'endpoints' postgres_endpoint { purpose: 'main' host: "
                             "'/d' port: 5432 } } findings { probe: 'endpoints' listener { service: "
                             "'postgresql' socket: '/d/.s.PGSQL.5432' } } findings { probe: 'endpoints' "
                             "redis_endpoint { purpose: 'default' mode: SOCKET socket: '/r' } } findings { "
                             "probe: 'endpoints' listener { service: 'redis' socket: '/r' } } findings { "
                             "probe: 'endpoints' listener { service: 'gitaly' socket: '/g' } } findings { "
                             "probe: 'endpoints' gitaly_endpoint { storage: 'default' " +
                             std::string(gitaly) +
                             " } } findings { probe: 'system' host { processors: 8 memory_bytes: "
                             "34359738368 } } ")});
    };
    EXPECT_THAT(of(single("socket: '/g'"), "architecture"),
                ElementsAre("SEEN : A single node: PostgreSQL, Redis and Gitaly are its own.",
                            "SEEN git: Rails, PostgreSQL; 8 processors, 32.0 GiB of memory"));
    const auto elsewhere = single("host: '10.0.0.7' port: 8075");
    EXPECT_THAT(
        of(elsewhere, "architecture"),
        ElementsAre(HasSubstr("NOT_SEEN : One node is known"), HasSubstr("SEEN git"),
                    "NOT_SEEN 10.0.0.7:8075: Gitaly that git uses: no node reports that it answers there."));
    auto upgrade = to("19.3.0");
    upgrade.external = {"10.0.0.7"};
    EXPECT_THAT(of(answers(elsewhere, upgrade), "architecture"),
                ElementsAre("SEEN : A single node, with servers outside it.", HasSubstr("SEEN git")));
}

TEST(SupportAnswers, TellWhatEachOfSeveralNodesDoes) {
    const auto several =
        fleet_of({node("web1", roles("RAILS, SIDEKIQ")), silent_node("gitaly1"), node("x", "")});
    EXPECT_THAT(of(several, "architecture"),
                ElementsAre("NOT_SEEN : 3 nodes are known, 2 report.",
                            "NOT_SEEN gitaly1: What runs on it was not seen.", "SEEN web1: Rails, Sidekiq",
                            "NOT_SEEN x: What runs on it was not seen."));
}

TEST(SupportAnswers, DoNotCallAnArchitectureSeenWhoseNodesAreMissing) {
    auto upgrade = to("19.3.0");
    upgrade.expected_nodes = {"web1.example.test", "gitaly1.example.test", "gitaly2"};
    EXPECT_THAT(of(answers(whole_fleet(), upgrade), "architecture")[0],
                "NOT_SEEN : 2 nodes known, 2 reporting; expected, and not there: gitaly2.");
    upgrade.expected_nodes = {"WEB1.example.test", "gitaly1.example.test."};
    EXPECT_THAT(of(answers(whole_fleet(), upgrade), "architecture")[0], "SEEN : 2 nodes are known, 2 report.")
        << "a host is the same however it is written";
}

TEST(SupportAnswers, TellWhatIsOutside) {
    auto upgrade = to("19.3.0");
    upgrade.external = {"pg.example.test:5432"};
    const auto fleet = fleet_of({node("web1", roles("RAILS") + ran({"external_services"}) + R"(
        findings { probe: "endpoints" postgres_endpoint { purpose: "main" host: "pg.example.test" port: 5432 } }
        findings { probe: "postgres" postgres_instance { address: "pg.example.test:5432" version: "17.5" uses: "rails main" } }
        findings { probe: "endpoints" redis_endpoint { purpose: "cache" mode: TCP host: "10.0.0.9" port: 6379 } }
        findings { probe: "external_services" external_service { kind: "object_storage" provider: "AWS" purpose: "lfs" } })")});
    EXPECT_THAT(
        of(answers(fleet, upgrade), "external"),
        ElementsAre("SEEN pg.example.test:5432: PostgreSQL: outside, as was declared, version 17.5",
                    "NOT_SEEN 10.0.0.9:6379: Redis: whose it is was not seen",
                    "NOT_SEEN : Gitaly: no endpoint in use was seen", "SEEN AWS: object storage for lfs"));
    EXPECT_THAT(of(whole_fleet(), "external"),
                ElementsAre("SEEN : PostgreSQL: the instance's own, on web1.example.test",
                            "SEEN : Redis: the instance's own, on web1.example.test",
                            "SEEN : Gitaly: the instance's own, on gitaly1.example.test",
                            HasSubstr("SEEN : No other servers")));
    auto less = whole_fleet();
    less.nodes[0].inspection.clear_probes();
    EXPECT_THAT(of(less, "external"), Contains(HasSubstr("NOT_SEEN : Which other servers are used")));
}

TEST(SupportAnswers, NameTheServersBehindWhatStandsBeforeThem) {
    const auto server = [](std::string_view name, std::string_view with_roles) {
        return node(name, installed("19.2.4") + roles(with_roles));
    };
    const auto listens = [](std::string_view service, std::string_view address, int port) {
        return "findings { probe: 'system' host { addresses: '" + std::string(address) +
               "' } } findings { probe: 'endpoints' listener { service: '" + std::string(service) +
               "' address: '0.0.0.0' port: " + std::to_string(port) + " } } ";
    };
    auto nodes = std::vector{node("web1", roles("RAILS") + R"(
            findings { probe: "endpoints" postgres_endpoint { purpose: "main" host: "10.0.0.40" port: 6432 } }
            findings { probe: "endpoints" gitaly_endpoint { storage: "default" host: "10.0.0.30" port: 2305 } })"),
                             node("pool1", roles("PGBOUNCER") + listens("pgbouncer", "10.0.0.40", 6432)),
                             node("praefect1", roles("PRAEFECT") + listens("praefect", "10.0.0.30", 2305)),
                             server("praefect2", "PRAEFECT")};
    EXPECT_THAT(
        of(fleet_of(nodes), "external"),
        Contains("NOT_SEEN : PostgreSQL: which servers stand behind PgBouncer on pool1 was not seen"));
    for (const auto* name : {"db1", "db2"}) nodes.push_back(server(name, "PATRONI, POSTGRESQL"));
    for (const auto* name : {"gitaly1", "gitaly2"}) nodes.push_back(server(name, "GITALY"));
    EXPECT_THAT(
        of(fleet_of(nodes), "external"),
        AllOf(Contains("SEEN : PostgreSQL: the instance's own, on db1, db2, through PgBouncer on pool1"),
              Contains("SEEN : Gitaly: the instance's own, on gitaly1, gitaly2, through Praefect on "
                       "praefect1, praefect2")));
}

TEST(SupportAnswers, NameTheOwnServersBehindABalancerThatWasDeclaredToBeOutside) {
    auto nodes = std::vector{node(
        "web1", roles("RAILS") + "findings { probe: 'endpoints' postgres_endpoint { purpose: 'main' host: "
                                 "'lb.example.test' port: 5432 } } ")};
    auto upgrade = to("19.3.0");
    upgrade.external = {"lb.example.test:5432", "pg9.example.test:5432"};
    EXPECT_THAT(of(answers(fleet_of(nodes), upgrade), "external"),
                Contains("SEEN lb.example.test:5432: PostgreSQL: outside, as was declared"));
    for (const auto* name : {"db1", "db2"})
        nodes.push_back(node(name, installed("19.2.4") + roles("PATRONI, POSTGRESQL")));
    EXPECT_THAT(
        of(answers(fleet_of(nodes), upgrade), "external"),
        Contains("SEEN lb.example.test:5432: PostgreSQL: reached through lb.example.test:5432, declared "
                 "external; the instance's own servers: db1, db2"));
    nodes.push_back(node("praefect1", roles("PRAEFECT") +
                                          "findings { probe: 'endpoints' postgres_endpoint { purpose: "
                                          "'praefect' host: 'pg9.example.test' port: 5432 } } "));
    const std::string asks =
        ": PostgreSQL: declared external; whether it leads to the instance's own servers on db1, db2 or "
        "outside, a person must say";
    EXPECT_THAT(of(answers(fleet_of(nodes), upgrade), "external"),
                AllOf(Contains("NOT_SEEN lb.example.test:5432" + asks),
                      Contains("NOT_SEEN pg9.example.test:5432" + asks)))
        << "one of the two leads to them";
}

TEST(SupportAnswers, LeaveOutsideWhatIsBesideOwnServersThatAreReached) {
    auto fleet = whole_fleet();
    auto& found = *fleet.nodes[0].inspection.add_findings();
    found.set_probe("endpoints");
    found.mutable_redis_endpoint()->set_purpose("cache");
    found.mutable_redis_endpoint()->set_mode(v1::RedisEndpoint::TCP);
    found.mutable_redis_endpoint()->set_host("cache.example.test");
    found.mutable_redis_endpoint()->set_port(6379);
    auto upgrade = to("19.3.0");
    upgrade.external = {"cache.example.test:6379"};
    EXPECT_THAT(of(answers(fleet, upgrade), "external"),
                AllOf(Contains("SEEN cache.example.test:6379: Redis: outside, as was declared"),
                      Contains("SEEN : Redis: the instance's own, on web1.example.test")));
}

std::string site(std::string_view fields) {
    return "findings { probe: 'postgres' geo_site { " + std::string(fields) + " } } ";
}

TEST(SupportAnswers, TellEachSiteOfGeo) {
    EXPECT_THAT(of(whole_fleet(), "geo"), ElementsAre("SEEN : Geo is not used."));
    EXPECT_THAT(of(fleet_of({node("web1", roles("RAILS"))}), "geo"),
                ElementsAre("NOT_SEEN : Whether Geo is used was not seen."));
    const auto pair = fleet_of(
        {node("web1",
              roles("RAILS") +
                  "findings { probe: 'geo' geo_role { role: PRIMARY site_name: 'frankfurt' } } " +
                  site("id: 1 name: 'frankfurt' primary: true url: 'https://git.example.test' status_known: "
                       "true "
                       "version: '19.2.4'") +
                  site("id: 2 name: 'tokyo' url: 'https://jp.example.test' enabled: true status_known: true "
                       "version: '19.2.4' message: 'Healthy' lag_known: true replication_lag_seconds: 3 "
                       "selective_sync: 'namespaces' data { name: 'lfs_objects' total: 9 synced: 8 }") +
                  site("id: 3 name: 'oslo' url: 'https://no.example.test'")),
         node("web5",
              roles("RAILS") + "findings { probe: 'geo' geo_role { role: SECONDARY site_name: 'tokyo' } } "),
         node("web9",
              roles("RAILS") + "findings { probe: 'geo' geo_role { role: SECONDARY site_name: 'lima' } } ")});
    EXPECT_THAT(
        of(pair, "geo"),
        ElementsAre("SEEN frankfurt: primary https://git.example.test, GitLab 19.2.4; nodes: web1",
                    "SEEN tokyo: secondary https://jp.example.test, GitLab 19.2.4, database lag 3 s; says "
                    "\"Healthy\"; copies only by namespaces; 1 kind of data, not all copied: lfs_objects; "
                    "nodes: web5",
                    AllOf(HasSubstr("NOT_SEEN oslo: secondary https://no.example.test, no status"),
                          HasSubstr("switched off"), HasSubstr("none of its nodes reports")),
                    "NOT_SEEN lima: A site that no database told of; nodes: web9"));
}

}  // namespace
}  // namespace preflight::readiness
