// The words of a node's package manager, and nodes that have no package.
#include "readiness/plan/packages.h"

#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Version version{19, 3, 0};

PackageWay way(std::string_view id, std::string_view version_id, std::string_view package = "gitlab-ee",
               std::string_view package_version = "") {
    v1::OperatingSystem system;
    system.set_id(std::string(id));
    system.set_version_id(std::string(version_id));
    v1::Installation installation;
    installation.set_package_name(std::string(package));
    installation.set_package_version(std::string(package_version));
    installation.set_edition(v1::EE);
    return package_way(installation, &system);
}

Words install(std::string_view id, std::string_view version_id) {
    return install_words(way(id, version_id), version);
}

TEST(Packages, AreInstalledInTheWordsOfTheSystem) {
    EXPECT_THAT(install("ubuntu", "24.04"), ElementsAre("apt-get", "install", "gitlab-ee=19.3.0-ee.0"));
    EXPECT_THAT(install("debian", "12"), ElementsAre("apt-get", "install", "gitlab-ee=19.3.0-ee.0"));
    EXPECT_THAT(install("rhel", "9.4"), ElementsAre("dnf", "install", "gitlab-ee-19.3.0-ee.0.el9"));
    EXPECT_THAT(install("almalinux", "10.1"), ElementsAre("dnf", "install", "gitlab-ee-19.3.0-ee.0.el10"));
    EXPECT_THAT(install("centos", "7"), ElementsAre("yum", "install", "gitlab-ee-19.3.0-ee.0.el7"));
    EXPECT_THAT(install("amzn", "2"), ElementsAre("yum", "install", "gitlab-ee-19.3.0-ee.0.amazon2"));
    EXPECT_THAT(install("amzn", "2023"), ElementsAre("dnf", "install", "gitlab-ee-19.3.0-ee.0.amazon2023"));
    EXPECT_THAT(install("sles", "15.6"), ElementsAre("zypper", "install", "gitlab-ee=19.3.0-ee.0.sles15"));
}

// The same version is another package there, which the version alone does not tell.
TEST(Packages, AreInstalledAnewForAnotherSystem) {
    EXPECT_THAT(reinstall_words(way("ubuntu", "24.04"), version),
                ElementsAre("apt-get", "install", "--reinstall", "gitlab-ee=19.3.0-ee.0"));
    EXPECT_THAT(reinstall_words(way("sles", "15.6"), version),
                ElementsAre("zypper", "install", "--force", "gitlab-ee=19.3.0-ee.0.sles15"));
    EXPECT_THAT(reinstall_words(way("rhel", "9.4"), version),
                ElementsAre("dnf", "install", "gitlab-ee-19.3.0-ee.0.el9"));
    EXPECT_THAT(reinstall_words(way("plan9", "4"), version), IsEmpty());
}

TEST(Packages, KeepTheEditionThatIsInstalled) {
    const auto fips = way("rhel", "9.4", "gitlab-fips", "19.2.4-fips.0.el9");
    EXPECT_THAT(install_words(fips, version), ElementsAre("dnf", "install", "gitlab-fips-19.3.0-fips.0.el9"));
    EXPECT_THAT(install_words(way("rhel", "9.4", "gitlab-fips"), version), IsEmpty()) << "not said";
    EXPECT_THAT(install_words(way("debian", "12", "gitlab-ce", "19.2.4-ce.0"), version),
                ElementsAre("apt-get", "install", "gitlab-ce=19.3.0-ce.0"));
}

TEST(Packages, HaveNoWordsForWhatIsNotKnown) {
    EXPECT_THAT(install("plan9", "4"), IsEmpty());
    EXPECT_THAT(install("rhel", "99"), IsEmpty());
    EXPECT_THAT(install("rhel", "9$(reboot)"), IsEmpty());
    EXPECT_THAT(install_words(way("debian", "12", "gitlab-ee; reboot"), version), IsEmpty());
    EXPECT_THAT(install_words(package_way({}, nullptr), version), IsEmpty());
    EXPECT_THAT(refresh_words(way("plan9", "4")), IsEmpty());
}

TEST(Packages, AreHeldByTheToolThatHoldsThem) {
    const auto debian = way("debian", "12");
    EXPECT_THAT(release_words(debian, "/var/lib/dpkg/status"),
                ElementsAre("apt-mark", "unhold", "gitlab-ee"));
    EXPECT_THAT(holds_words(debian, "/var/lib/dpkg/status"), ElementsAre("apt-mark", "showhold"));
    EXPECT_THAT(release_words(debian, "/etc/apt/preferences"), IsEmpty());
    EXPECT_THAT(holds_words(debian, "/etc/apt/preferences"), IsEmpty());
    const auto redhat = way("rhel", "9.4");
    EXPECT_THAT(hold_words(redhat, "/etc/dnf/plugins/versionlock.list"),
                ElementsAre("dnf", "versionlock", "add", "gitlab-ee"));
    EXPECT_THAT(holds_words(redhat, "/etc/dnf/plugins/versionlock.list"),
                ElementsAre("dnf", "versionlock", "list"));
    EXPECT_THAT(hold_words(redhat, "/etc/dnf/dnf.conf"), IsEmpty()) << "exclude= is an editor's";
    EXPECT_THAT(release_words(way("sles", "15.6"), "/etc/zypp/locks"),
                ElementsAre("zypper", "removelock", "gitlab-ee"));
    EXPECT_THAT(holds_words(way("sles", "15.6"), "/etc/zypp/locks"), ElementsAre("zypper", "locks"));
}

TEST(Packages, AreAskedForByTheToolsOfTheirSystem) {
    EXPECT_THAT(installed_words(way("debian", "12")), ElementsAre("dpkg-query", "--show", "gitlab-ee"));
    EXPECT_THAT(installed_words(way("rhel", "9.4")), ElementsAre("rpm", "-q", "gitlab-ee"));
    EXPECT_THAT(installed_words(way("plan9", "4")), IsEmpty());
    EXPECT_THAT(offered_words(way("debian", "12")), ElementsAre("apt-cache", "policy", "gitlab-ee"));
    EXPECT_THAT(offered_words(way("rhel", "9.4")),
                ElementsAre("dnf", "list", "--showduplicates", "--disableplugin=versionlock", "gitlab-ee"));
    EXPECT_THAT(offered_words(way("sles", "15.6")),
                ElementsAre("zypper", "search", "--details", "gitlab-ee"));
    EXPECT_THAT(offered_words(way("debian", "12", "gitlab-ee; reboot")), IsEmpty());
}

TEST(Packages, OfDifferentSystemsAreDifferentSteps) {
    auto fleet = several_nodes("19.2.4");
    fleet.nodes.push_back(node(
        "gitaly2", installed("19.2.4") + runs_on("rhel", "9.4") + roles("GITALY") + sees_all() + no_geo()));
    const auto plan = plan_of(fleet);
    EXPECT_THAT(lines(plan), AllOf(Contains("19.3.0/install_gitaly gitaly1"),
                                   Contains("19.3.0/install_gitaly-2 gitaly2")));
    EXPECT_THAT(commands(step(plan, "19.3.0/install_gitaly-2")),
                ElementsAre("dnf makecache", "dnf install gitlab-ee-19.3.0-ee.0.el9"));
    EXPECT_THAT(lines(plan),
                Contains("19.3.0/check_services consul1 consul2 db1 gitaly1 gitaly2 job1 mon1 pgb1 "
                         "redis1 web1 web2"))
        << "the same words";
}

FleetNode of_method(std::string_view method, std::string_view name = "gitlab") {
    return node(name, "findings { probe: 'installation' installation { method: " + std::string(method) +
                          " version: '19.2.4' edition: EE } } " + roles("RAILS, SIDEKIQ") + sees_all() +
                          no_geo());
}

TEST(PlanOfAContainer, ReplacesItAndTypesTheRestWithinIt) {
    const auto plan = plan_of(fleet_of({of_method("DOCKER")}));
    EXPECT_THAT(commands(step(plan, "19.3.0/install_docker")),
                ElementsAre("docker pull gitlab/gitlab-ee:19.3.0-ee.0",
                            "sh -c umask 077; docker inspect CONTAINER > CONTAINER.before.json",
                            "docker stop CONTAINER", "docker rm CONTAINER"))
        << "its options go with it";
    EXPECT_THAT(commands(step(plan, "19.3.0/full_backup")),
                ElementsAre("docker exec -it CONTAINER gitlab-backup create"));
    EXPECT_THAT(commands(step(plan, "19.3.0/check_settings")),
                ElementsAre("docker exec -it CONTAINER gitlab-ctl check-config --version 19.3"));
    EXPECT_THAT(step(plan, "19.3.0/full_backup").note(), HasSubstr("CONTAINER is the container's name"));
    EXPECT_THAT(open_points(plan), Not(HasSubstr("With which words")));
}

TEST(PlanOfTheSettings, IsForNodesWithAPackageThatIsBelowTheHop) {
    const auto checked = [](const Fleet& fleet) {
        Lines found;
        for (const auto& line : lines(plan_of(fleet))) {
            if (line.find("check_settings") != std::string::npos) found.push_back(line);
        }
        return found;
    };
    EXPECT_THAT(
        checked(fleet_of({member("gitaly1", "19.2.4", "GITALY"), member("gitaly2", "19.3.0", "GITALY"),
                          of_method("CLOUD_NATIVE", "webservice-1")})),
        ElementsAre("19.3.0/check_settings gitaly1"));
    EXPECT_THAT(checked(fleet_of({of_method("SELF_COMPILED")})), IsEmpty());
}

TEST(PlanOfAContainer, LeavesAnImageThatWasNotSeenToAPerson) {
    auto unseen = of_method("DOCKER");
    for (auto& finding : *unseen.inspection.mutable_findings())
        if (finding.has_installation()) finding.mutable_installation()->clear_edition();
    const auto plan = plan_of(fleet_of({unseen}));
    EXPECT_THAT(commands(step(plan, "19.3.0/install_docker")),
                ElementsAre("docker pull IMAGE", HasSubstr("docker inspect CONTAINER >"),
                            "docker stop CONTAINER", "docker rm CONTAINER"));
    EXPECT_THAT(open_points(plan), HasSubstr("With which words the package is installed on gitlab"));
}

TEST(PlanOfPods, UpgradesTheChartOnceAfterWhatHasState) {
    const auto plan =
        plan_of(fleet_of({of_method("CLOUD_NATIVE", "webservice-1"),
                          of_method("CLOUD_NATIVE", "webservice-2"), member("gitaly1", "19.2.4", "GITALY")}));
    EXPECT_THAT(from_to(lines(plan, Phase::IN_WINDOW), "stop_cloud", "install_cloud"),
                ElementsAre("stop_cloud_native webservice-1 webservice-2", "install_gitaly gitaly1",
                            "install_cloud_native webservice-1 webservice-2"));
    const auto& backup = step(plan, "19.3.0/full_backup");
    EXPECT_THAT(backup.commands(), IsEmpty());
    EXPECT_THAT(backup.note(), HasSubstr("toolbox pod"));
}

TEST(PlanOfASource, NamesTheGuideAndNoCommand) {
    const auto plan = plan_of(fleet_of({of_method("SELF_COMPILED")}));
    const auto& install = step(plan, "19.3.0/install_self_compiled");
    EXPECT_THAT(install.commands(), IsEmpty());
    EXPECT_THAT(install.links(0), HasSubstr("upgrading_from_source"));
    EXPECT_THAT(step(plan, "19.3.0/check_after").note(), HasSubstr("bundle exec"));
    EXPECT_THAT(step(plan, "19.3.0/check_after").commands(), IsEmpty());
}

}  // namespace
}  // namespace preflight::readiness
