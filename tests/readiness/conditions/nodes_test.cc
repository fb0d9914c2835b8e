// Predicates on what a node is and runs.
#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// ---- installed, runs

TEST(Installed, IsNarrowedByEachFieldThatIsSet) {
    const auto fleet = fleet_of({node("a", installed("19.2.4")), node_without_gitlab()});
    EXPECT_EQ(truth("installed {}", fleet), Truth::holds);
    EXPECT_EQ(truth("installed { methods: [DOCKER, LINUX_PACKAGE] edition: EE }", fleet), Truth::holds);
    EXPECT_EQ(truth("installed { methods: DOCKER }", fleet), Truth::fails);
    EXPECT_EQ(truth("installed { edition: CE }", fleet), Truth::fails);
    EXPECT_EQ(truth("installed { fips: true }", fleet), Truth::fails);
    EXPECT_EQ(truth("installed {}", fleet_of({node_without_gitlab()})), Truth::fails);
}

TEST(Installed, IsUnknownWhereItWasNotSeenWhole) {
    const auto blind = node("b", gap("installation", "cause: DENIED"));
    EXPECT_EQ(truth("installed { methods: DOCKER }", fleet_of({node("a", installed("19.2.4")), blind})),
              Truth::unknown);
    EXPECT_EQ(truth("installed { edition: EE }", fleet_of({node("a", installed("19.2.4", ""))})),
              Truth::unknown);
    EXPECT_EQ(truth("installed { edition: EE }", fleet_of({node("a", installed("19.2.4")), blind})),
              Truth::holds)
        << "one that does is enough";
}

TEST(Runs, HoldsWhereSomeNodeRunsSuchAVersion) {
    const auto fleet = fleet_of({node("a", installed("16.3.4")), node("b", installed("17.0.0"))});
    EXPECT_EQ(truth("runs { versions { from: '16.3' below: '16.3.5' } }", fleet), Truth::holds);
    EXPECT_EQ(truth("runs { versions { below: '16.3' } versions { from: '18.0' } }", fleet), Truth::fails);
    EXPECT_EQ(truth("runs { versions { from: '18.0' } }", fleet_of({node("a", installed("unstable"))})),
              Truth::unknown);
}

TEST(Runs, IsUnknownWhereAnExpectedNodeNeverReported) {
    auto upgrade = to("19.3.0");
    upgrade.expected_nodes = {"a", "b"};
    const auto fleet = fleet_of({node("a", installed("16.3.4"))});
    const auto other = decided("runs { versions { from: '18.0' } }", fleet, upgrade);
    EXPECT_EQ(other.truth, Truth::unknown);
    EXPECT_EQ(evidence_of(other), "1 expected node never reported\n");
    EXPECT_EQ(decided("runs { versions { below: '17.0' } }", fleet, upgrade).truth, Truth::holds);
    EXPECT_EQ(
        decided("service { names: 'mailroom' }", fleet_of({node("a", ran({"services"}))}), upgrade).truth,
        Truth::unknown);
    upgrade.expected_nodes = {"a"};
    EXPECT_EQ(decided("runs { versions { from: '18.0' } }", fleet, upgrade).truth, Truth::fails);
}

// ---- system

std::string system_of(std::string_view fields) {
    return "findings { probe: 'system' operating_system { " + std::string(fields) + " } } ";
}

TEST(System, GoesByTheNamesOfTheTable) {
    const auto fleet = fleet_of({node("a", installed("19.2.4") + runs_on("ubuntu", "20.04"))});
    EXPECT_EQ(truth("system { names: ['Debian 11', 'Ubuntu 20.04'] }", fleet), Truth::holds);
    EXPECT_EQ(truth("system { names: 'Ubuntu 22.04' }", fleet), Truth::fails);
    EXPECT_EQ(truth("system { names: 'Ubuntu 22.04' }", fleet_of({node("a", runs_on("plan9", "4"))})),
              Truth::fails);
}

TEST(System, IsUnknownWhereItsVersionWasNotSeen) {
    const auto on = [](std::string_view id) {
        return truth("system { names: ['Debian 11', 'Ubuntu 20.04'] }",
                     fleet_of({node("a", runs_on(id, ""))}));
    };
    EXPECT_EQ(on("ubuntu"), Truth::unknown);
    EXPECT_EQ(on("rhel"), Truth::fails) << "of no version is it one of these";
}

TEST(System, TellsTheFamiliesOfPackagesApart) {
    const auto on = [](std::string_view fields, std::string_view package) {
        return truth("system { package: '" + std::string(package) + "' }",
                     fleet_of({node("a", system_of(fields))}));
    };
    EXPECT_EQ(on("id: 'ubuntu' id_like: 'debian'", "deb"), Truth::holds);
    EXPECT_EQ(on("id: 'debian'", "rpm"), Truth::fails);
    EXPECT_EQ(on("id: 'rocky' id_like: ['rhel', 'centos', 'fedora']", "rpm"), Truth::holds);
    EXPECT_EQ(on("id: 'sles' id_like: 'suse'", "rpm"), Truth::holds);
    EXPECT_EQ(on("id: 'plan9'", "rpm"), Truth::unknown);
}

TEST(System, ComparesTheCLibrary) {
    const auto with = [](std::string_view glibc) {
        return truth("system { glibc_below: '2.28' }",
                     fleet_of({node("a", system_of("id: 'rhel' glibc: '" + std::string(glibc) + "'"))}));
    };
    EXPECT_EQ(with("2.17"), Truth::holds);
    EXPECT_EQ(with("2.28"), Truth::fails);
    EXPECT_EQ(with(""), Truth::unknown);
    EXPECT_EQ(with("musl"), Truth::unknown);
}

TEST(System, IsAskedOnlyOfNodesWithGitLab) {
    auto lb = node_without_gitlab();
    lb.inspection.MergeFrom(node("x", runs_on("debian", "12")).inspection);
    EXPECT_EQ(truth("system { package: 'deb' }", fleet_of({lb})), Truth::fails);
    EXPECT_EQ(truth("system { package: 'deb' }", fleet_of({node("a", installed("19.2.4"))})), Truth::unknown);
}

// ---- nodes

TEST(Nodes, AreCountedByTheirRole) {
    const auto rails = [](const char* name) { return node(name, roles("RAILS, SIDEKIQ")); };
    const auto fleet = fleet_of({rails("a"), rails("b"), node("c", roles("GITALY")), node_without_gitlab()});
    EXPECT_EQ(truth("nodes { role: RAILS more_than: 1 }", fleet), Truth::holds);
    EXPECT_EQ(truth("nodes { role: RAILS more_than: 2 }", fleet), Truth::fails);
    EXPECT_EQ(truth("nodes { role: PATRONI }", fleet), Truth::fails);
}

TEST(Nodes, ThatDoNotSayTheirRolesCouldHaveAny) {
    const auto fleet = fleet_of({node("a", roles("RAILS")), node("b", "")});
    EXPECT_EQ(truth("nodes { role: RAILS }", fleet), Truth::holds);
    EXPECT_EQ(truth("nodes { role: RAILS more_than: 1 }", fleet), Truth::unknown);
    EXPECT_EQ(truth("nodes { role: RAILS more_than: 2 }", fleet), Truth::fails) << "even if it were";
}

TEST(Nodes, ThatAreExpectedAndNeverReportedCouldHaveAnyRole) {
    auto upgrade = to("19.3.0");
    upgrade.expected_nodes = {"a", "b"};
    const auto fleet = fleet_of({node("a", roles("RAILS"))});
    EXPECT_EQ(decided("nodes { role: RAILS }", fleet, upgrade).truth, Truth::holds);
    EXPECT_EQ(decided("nodes { role: RAILS more_than: 1 }", fleet, upgrade).truth, Truth::unknown);
    EXPECT_EQ(decided("nodes { role: RAILS more_than: 2 }", fleet, upgrade).truth, Truth::fails);
}

// ---- service, marker file

TEST(Service, HoldsWhereItIsEnabled) {
    const std::string mailroom = "findings { probe: 'services' service { name: 'mailroom' enabled: true } } ";
    const std::string off = "findings { probe: 'services' service { name: 'mailroom' } } ";
    constexpr auto asked = "service { names: ['registry', 'mailroom'] }";
    EXPECT_EQ(truth(asked, fleet_of({node("a", ran({"services"}) + mailroom)})), Truth::holds);
    EXPECT_EQ(truth(asked, fleet_of({node("a", ran({"services"}) + off), node_without_gitlab()})),
              Truth::fails);
    EXPECT_EQ(truth(asked, fleet_of({node("a", timed_out("services") + off)})), Truth::unknown);
    EXPECT_EQ(truth(asked, fleet_of({node("a", ran({"services"}) + gap("services", "cause: DENIED"))})),
              Truth::unknown);
}

TEST(MarkerFile, GoesByItsName) {
    const std::string file =
        "findings { probe: 'installation' marker_file { path: '/etc/gitlab/skip-auto-backup' } } ";
    const auto fleet = fleet_of({node("a", ran({"installation"}) + file)});
    EXPECT_EQ(truth("marker_file { names: 'skip-auto-backup' }", fleet), Truth::holds);
    EXPECT_EQ(truth("marker_file { names: 'skip-auto' }", fleet), Truth::fails);
    EXPECT_EQ(truth("marker_file { names: 'skip-auto' }", fleet_of({node("a", file)})), Truth::unknown);
}

// ---- filesystem, security, torn file

TEST(Filesystem, HoldsForAPathOnANetwork) {
    const std::string network =
        "findings { probe: 'system' filesystem { paths: '/var/opt/gitlab/git-data' type: 'nfs4' network: "
        "true } } ";
    const std::string local =
        "findings { probe: 'system' filesystem { paths: '/var/opt/gitlab' type: 'ext4' } } ";
    const auto fleet = fleet_of({node("a", network + local), node_without_gitlab()});
    const auto asked = decided("filesystem { path: '/var/opt/gitlab/git-data' network: true }", fleet);
    EXPECT_EQ(asked.truth, Truth::holds);
    EXPECT_THAT(evidence_of(asked), HasSubstr("lies on nfs4"));
    EXPECT_EQ(truth("filesystem { network: true }", fleet), Truth::holds);
    EXPECT_EQ(truth("filesystem { path: '/var/opt/gitlab/postgresql' network: true }", fleet), Truth::fails);
    EXPECT_EQ(truth("filesystem { network: true }", fleet_of({node("a", local)})), Truth::fails);
}

TEST(Filesystem, HoldsForAPathWhereNoProgramStarts) {
    const auto mounted = [](std::string_view how) {
        return fleet_of(
            {node("a", ran({"system"}) +
                           "findings { probe: 'system' filesystem { paths: '/var/opt/gitlab/gitaly' "
                           "type: 'ext4' " +
                           std::string(how) + " } } ")});
    };
    constexpr auto asked = "filesystem { path: '/var/opt/gitlab/gitaly' noexec: true }";
    EXPECT_EQ(evidence_of(decided(asked, mounted("noexec: true"))),
              "/var/opt/gitlab/gitaly is mounted noexec\n");
    EXPECT_EQ(truth(asked, mounted("noexec: true")), Truth::holds);
    EXPECT_EQ(truth(asked, mounted("noexec: false")), Truth::fails);
    EXPECT_EQ(truth(asked, mounted("")), Truth::unknown) << "an agent that does not tell it";
    EXPECT_EQ(truth("filesystem { path: '/data' noexec: true }", mounted("noexec: true")), Truth::fails);
}

TEST(Filesystem, IsUnknownWhereNotAllWereSeen) {
    constexpr auto asked = "filesystem { network: true }";
    const std::string local =
        "findings { probe: 'system' filesystem { paths: '/var/opt/gitlab' type: 'ext4' } } ";
    EXPECT_EQ(truth(asked, fleet_of({node("a", "")})), Truth::unknown) << "a node has filesystems";
    EXPECT_EQ(truth(asked, fleet_of({node("a", local + gap("system", "cause: TIMED_OUT"))})), Truth::unknown);
}

TEST(Security, AsksForFipsOrForSelinux) {
    const auto with = [](std::string_view fields) {
        return fleet_of(
            {node("a", "findings { probe: 'security' security_module { " + std::string(fields) + " } }")});
    };
    constexpr auto fips = "security { fips: true }";
    constexpr auto selinux = "security { selinux_enforcing: true }";
    EXPECT_EQ(truth(fips, with("fips_known: true fips: true")), Truth::holds);
    EXPECT_EQ(truth(fips, with("fips_known: true")), Truth::fails);
    EXPECT_EQ(truth(fips, with("selinux: ENFORCING")), Truth::unknown);
    EXPECT_EQ(truth(selinux, with("selinux: ENFORCING")), Truth::holds);
    EXPECT_EQ(truth(selinux, with("selinux: PERMISSIVE selinux_configured: ENFORCING")), Truth::fails);
    EXPECT_EQ(truth(selinux, with("fips_known: true")), Truth::unknown);
    EXPECT_EQ(truth(selinux, fleet_of({node_without_gitlab()})), Truth::fails);
    EXPECT_THAT(decided(fips, fleet_of({node("a", "")})).shown.nodes(), ElementsAre("a"));
}

TEST(TornFile, HoldsForOneThatIsNotInItsForm) {
    const auto with = [](std::string_view cause, std::string_view source = "/x/web1.json") {
        return fleet_of(
            {node("a", ran({"settings"}) + "findings { probe: 'settings' source: '" + std::string(source) +
                           "' gap { detail: 'ends too early' cause: " + std::string(cause) + " } }")});
    };
    constexpr auto asked = "torn_file { probe: 'settings' beneath: '/x/' }";
    EXPECT_EQ(truth(asked, with("MALFORMED")), Truth::holds);
    EXPECT_EQ(evidence_of(decided(asked, with("MALFORMED"))), "ends too early\n");
    EXPECT_EQ(truth(asked, with("MALFORMED", "/y/web1.json")), Truth::fails);
    EXPECT_EQ(truth(asked, with("ABSENT")), Truth::fails) << "where there is no file, none is torn";
    EXPECT_EQ(truth(asked, with("DENIED")), Truth::unknown);
    EXPECT_EQ(truth(asked, fleet_of({node("a", ran({"settings"})), node_without_gitlab()})), Truth::fails);
    EXPECT_EQ(truth(asked, fleet_of({node("a", timed_out("settings"))})), Truth::unknown);
}

}  // namespace
}  // namespace preflight::readiness
