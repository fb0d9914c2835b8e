// The sample fleet of tests/nodes seen by every probe: what its README says is found there, and nothing is
// invented.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "probes/catalog.h"
#include "tests/probes/finding_texts.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr auto nodes = {"gitaly-1", "gitaly-2", "gitaly-3", "pg-1",     "praefect-1",
                        "rails-1",  "rails-2",  "redis-1",  "sidekiq-1"};

Found look(std::string_view name) {
    const auto node = Node::open(std::filesystem::path(PREFLIGHT_SOURCE_DIR) / "tests/nodes" / name);
    Found found;
    for (const Probe& probe : catalog()) {
        Findings out(probe.name, [&](const v1::Finding& finding) { found.push_back(finding); });
        probe.look(node.value(), {}, out);
    }
    return found;
}

// Every node is looked at once for all tests.
const Found& at(std::string_view name) {
    static const auto fleet = [] {
        std::map<std::string, Found, std::less<>> made;
        for (const auto* node : nodes) made.emplace(node, look(node));
        return made;
    }();
    return fleet.find(name)->second;
}

TEST(SampleNodes, AreOfTheSystemsThatTheReadmeNames) {
    for (const auto* web : {"rails-1", "rails-2", "sidekiq-1"}) {
        EXPECT_THAT(systems(at(web)), ElementsAre("ubuntu 22.04")) << web;
    }
    for (const auto* debian : {"gitaly-1", "gitaly-2", "redis-1"}) {
        EXPECT_THAT(systems(at(debian)), ElementsAre("debian 12")) << debian;
    }
    EXPECT_THAT(systems(at("gitaly-3")), ElementsAre("ubuntu 20.04"));
    EXPECT_THAT(systems(at("pg-1")), ElementsAre("rhel 9.6"));
    EXPECT_THAT(systems(at("praefect-1")), ElementsAre("amzn 2023"));
}

TEST(SampleNodes, RunOneVersionButForSidekiq) {
    for (const auto* name : nodes) {
        const auto* version =
            std::string_view(name) == "sidekiq-1" ? "LINUX_PACKAGE 18.11.2 EE" : "LINUX_PACKAGE 18.11.4 EE";
        EXPECT_THAT(installations(at(name)), ElementsAre(version)) << name;
    }
}

TEST(SampleNodes, SayWhoTheyAre) {
    EXPECT_THAT(hosts(at("rails-1")), ElementsAre("rails-1.git.meridian.example 10.20.0.11"));
    EXPECT_THAT(hosts(at("rails-2")), ElementsAre("rails-2.git.meridian.example 10.20.0.12"));
    EXPECT_THAT(hosts(at("sidekiq-1")), ElementsAre("sidekiq-1.git.meridian.example 10.20.0.21"));
    EXPECT_THAT(hosts(at("praefect-1")), ElementsAre("praefect-1.git.meridian.example 10.20.0.31"));
    EXPECT_THAT(hosts(at("gitaly-1")), ElementsAre("gitaly-1.git.meridian.example 10.20.0.41"));
    EXPECT_THAT(hosts(at("gitaly-2")), ElementsAre("gitaly-2.git.meridian.example 10.20.0.42"));
    EXPECT_THAT(hosts(at("gitaly-3")), ElementsAre("gitaly-3.git.meridian.example 10.20.0.43"));
    EXPECT_THAT(hosts(at("pg-1")), ElementsAre("pg-1.git.meridian.example 10.20.0.51"));
    EXPECT_THAT(hosts(at("redis-1")), ElementsAre("redis-1.git.meridian.example 10.20.0.61"));
}

TEST(SampleNodes, AreNineMachines) {
    std::set<std::string> digests;
    for (const auto* name : nodes) {
        for (const auto& host : all(at(name), &v1::Finding::has_host, &v1::Finding::host)) {
            digests.insert(host.machine_digest());
        }
    }
    EXPECT_THAT(digests, AllOf(SizeIs(9), Not(Contains(""))));
}

TEST(SampleNodes, HaveTheRolesOfTheirServices) {
    for (const auto* web : {"rails-1", "rails-2"})
        EXPECT_THAT(roles(at(web)), ElementsAre("RAILS KAS")) << web;
    EXPECT_THAT(roles(at("sidekiq-1")), ElementsAre("SIDEKIQ"));
    EXPECT_THAT(roles(at("praefect-1")), ElementsAre("PRAEFECT"));
    for (const auto* gitaly : {"gitaly-1", "gitaly-2", "gitaly-3"}) {
        EXPECT_THAT(roles(at(gitaly)), ElementsAre("GITALY")) << gitaly;
    }
    EXPECT_THAT(roles(at("pg-1")), ElementsAre("POSTGRESQL PGBOUNCER PATRONI CONSUL"));
    EXPECT_THAT(roles(at("redis-1")), ElementsAre("REDIS SENTINEL"));
}

TEST(SampleNodes, TellADefinedServiceFromAnEnabledOne) {
    EXPECT_THAT(services(at("rails-2")), AllOf(Contains("puma"), Contains("sidekiq disabled")));
    EXPECT_THAT(services(at("rails-1")), Not(Contains(HasSubstr("disabled"))));
}

TEST(SampleNodes, ReachTheirServersFromRails) {
    for (const auto* name : {"rails-1", "rails-2", "sidekiq-1"}) {
        EXPECT_THAT(databases(at(name)),
                    UnorderedElementsAre("main 10.20.0.51:6432 gitlabhq_production",
                                         "ci 10.20.0.51:6432 gitlabhq_production (main)"))
            << name;
        EXPECT_THAT(redises(at(name)), IsSupersetOf({"default SENTINEL meridian-redis 10.20.0.61:26379",
                                                     "cable SENTINEL meridian-redis 10.20.0.61:26379"}))
            << name;
        EXPECT_THAT(storages(at(name)),
                    UnorderedElementsAre("default tcp://praefect-1.git.meridian.example:2305 REMOTE",
                                         "archive tcp://gitaly-9.git.meridian.example:8075 REMOTE"))
            << name;
    }
}

TEST(SampleNodes, ReachRedisFromWorkhorseAndKas) {
    for (const auto* web : {"rails-1", "rails-2"}) {
        EXPECT_THAT(redises(at(web)), IsSupersetOf({"workhorse SENTINEL meridian-redis 10.20.0.61:26379",
                                                    "kas SENTINEL meridian-redis 10.20.0.61:26379"}))
            << web;
    }
}

TEST(SampleNodes, RouteOneStorageOverThreeGitalys) {
    const auto virtual_storages = all(at("praefect-1"), &v1::Finding::has_praefect_virtual_storage,
                                      &v1::Finding::praefect_virtual_storage);
    ASSERT_THAT(virtual_storages, SizeIs(1));
    EXPECT_EQ(virtual_storages[0].name(), "default");
    EXPECT_EQ(virtual_storages[0].default_replication_factor(), 3u);
    Texts copies;
    for (const auto& node : virtual_storages[0].nodes())
        copies.push_back(node.storage() + " " + node.address());
    EXPECT_THAT(copies, UnorderedElementsAre("gitaly-1 tcp://gitaly-1.git.meridian.example:8075",
                                             "gitaly-2 tcp://gitaly-2.git.meridian.example:8075",
                                             "gitaly-3 tcp://gitaly-3.git.meridian.example:8075"));
    EXPECT_THAT(databases(at("praefect-1")), ElementsAre("praefect 10.20.0.51:5432 praefect_production"));
    EXPECT_THAT(listeners(at("praefect-1")), ElementsAre("praefect 0.0.0.0:2305"));
}

TEST(SampleNodes, ServeTheirOwnStorageFromEachGitaly) {
    std::set<std::string> filesystem_ids;
    for (const auto* name : {"gitaly-1", "gitaly-2", "gitaly-3"}) {
        const auto servers = all(at(name), &v1::Finding::has_gitaly_server, &v1::Finding::gitaly_server);
        ASSERT_THAT(servers, SizeIs(1)) << name;
        ASSERT_EQ(servers[0].storages_size(), 1) << name;
        EXPECT_EQ(servers[0].storages(0).name(), name);
        EXPECT_EQ(servers[0].listen_address(), "0.0.0.0:8075");
        filesystem_ids.insert(servers[0].storages(0).filesystem_id());
        EXPECT_THAT(listeners(at(name)), Contains("gitaly 0.0.0.0:8075")) << name;
    }
    EXPECT_THAT(filesystem_ids, AllOf(SizeIs(3), Not(Contains(""))));
}

TEST(SampleNodes, InventNoEndpointWhereNoneIsUsed) {
    for (const auto* name : {"gitaly-1", "gitaly-2", "gitaly-3", "redis-1"}) {
        EXPECT_THAT(databases(at(name)), IsEmpty()) << name;
        EXPECT_THAT(redises(at(name)), IsEmpty()) << name;
        EXPECT_THAT(storages(at(name)), IsEmpty()) << name;
    }
    for (const auto* name : {"praefect-1", "pg-1"}) {
        EXPECT_THAT(redises(at(name)), IsEmpty()) << name;
        EXPECT_THAT(storages(at(name)), IsEmpty()) << name;
    }
}

TEST(SampleNodes, KeepTheDatabaseUnderPatroniBehindPgBouncer) {
    const auto members = all(at("pg-1"), &v1::Finding::has_patroni_member, &v1::Finding::patroni_member);
    ASSERT_THAT(members, SizeIs(1));
    EXPECT_EQ(members[0].name(), "pg-1.git.meridian.example");
    EXPECT_EQ(members[0].connect_address(), "10.20.0.51:5432");
    EXPECT_FALSE(members[0].standby_cluster());
    const auto servers = all(at("pg-1"), &v1::Finding::has_postgres_server, &v1::Finding::postgres_server);
    ASSERT_THAT(servers, SizeIs(1));
    EXPECT_EQ(servers[0].major(), "17");
    EXPECT_THAT(databases(at("pg-1")), ElementsAre("pgbouncer 10.20.0.51:5432 gitlabhq_production"));
    EXPECT_THAT(listeners(at("pg-1")), IsSupersetOf({"postgresql 0.0.0.0:5432", "pgbouncer 0.0.0.0:6432"}));
}

TEST(SampleNodes, ListenForRedisAndSentinel) {
    EXPECT_THAT(listeners(at("redis-1")),
                IsSupersetOf({"redis 10.20.0.61:6379", "sentinel 10.20.0.61:26379"}));
}

TEST(SampleNodes, HoldAStaleFullBackupAndADatabaseAlone) {
    EXPECT_THAT(archives(at("rails-1")),
                UnorderedElementsAre("2026-10-18T02:00:07Z 18.11.4 EE skipped 0 holds 12",
                                     "2026-11-09T19:42:31Z 18.11.4 EE skipped 11 holds 1"));
    for (const auto* name : nodes) {
        EXPECT_THAT(archives(at(name)), SizeIs(std::string_view(name) == "rails-1" ? 2 : 0)) << name;
    }
}

TEST(SampleNodes, PlanBackupsOnTheWebNodes) {
    EXPECT_THAT(schedules(at("rails-1")),
                UnorderedElementsAre("APPLICATION 0 2 * * *", "CONFIGURATION 15 1 * * *"));
    EXPECT_THAT(schedules(at("rails-2")), ElementsAre("CONFIGURATION 15 1 * * *"));
    EXPECT_THAT(schedules(at("sidekiq-1")), IsEmpty());
}

TEST(SampleNodes, HoldConfigurationBackupsWithBothFiles) {
    for (const auto* web : {"rails-1", "rails-2"}) {
        const auto backups =
            all(at(web), &v1::Finding::has_configuration_backup, &v1::Finding::configuration_backup);
        ASSERT_THAT(backups, SizeIs(1)) << web;
        EXPECT_TRUE(backups[0].has_secrets()) << web;
        EXPECT_TRUE(backups[0].has_gitlab_rb()) << web;
    }
}

TEST(SampleNodes, HoldEverySecretThatGitLabNeeds) {
    for (const auto* name : nodes) {
        Texts wrong;
        int secrets = 0;
        for (const auto& file : all(at(name), &v1::Finding::has_secrets_file, &v1::Finding::secrets_file)) {
            if (file.kind() == v1::SecretsFile::SECRETS) ++secrets;
            if (!file.present() || !file.well_formed() || file.keys_missing_size() > 0)
                wrong.push_back(file.path());
        }
        EXPECT_EQ(secrets, 1) << name;
        EXPECT_THAT(wrong, IsEmpty()) << name;
    }
}

TEST(SampleNodes, KnowNothingOfGeo) {
    for (const auto* name : nodes) {
        const auto geo = all(at(name), &v1::Finding::has_geo_role, &v1::Finding::geo_role);
        ASSERT_THAT(geo, SizeIs(1)) << name;
        EXPECT_EQ(geo[0].role(), v1::GeoRole::NOT_CONFIGURED) << name;
    }
}

TEST(SampleNodes, AgreeWithThemselves) {
    for (const auto* name : nodes) {
        EXPECT_THAT(all(at(name), &v1::Finding::has_difference, &v1::Finding::difference), IsEmpty()) << name;
    }
}

TEST(SampleNodes, LeaveNoGapButWhatOnlyALivingMachineTells) {
    for (const auto* name : nodes) EXPECT_THAT(gaps(at(name)), IsEmpty()) << name;
}

TEST(SampleNodes, KeepEverySecret) {
    for (const auto* name : nodes) {
        ASSERT_THAT(at(name), Not(IsEmpty())) << name;
        EXPECT_THAT(bytes_of(at(name)), Not(HasSubstr("CANARY"))) << name;
    }
}

}  // namespace
}  // namespace preflight::probes
