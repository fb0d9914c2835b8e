#include "probes/installation.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::SizeIs;

constexpr auto rails = "/opt/gitlab/embedded/service/gitlab-rails/";

// A package as installed and configured.
void fill(NodeTree& tree, const std::string& dpkg_state = "install ok installed") {
    tree.file(std::string(rails) + "INSTALLATION_TYPE", "omnibus-gitlab\n")
        .file(std::string(rails) + "VERSION", "19.2.1-ee\n")
        .file(std::string(rails) + "REVISION", "0badc0de123\n")
        .file("/opt/gitlab/version-manifest.txt", "gitlab-ee 19.2.1\n\nComponent\n")
        .file("/var/opt/gitlab/gitlab-rails/VERSION", "19.2.1-ee\n")
        .file("/var/opt/gitlab/gitlab-rails/REVISION", "0badc0de123\n")
        .file("/var/lib/dpkg/status",
              "Package: gitlab-ee\nStatus: " + dpkg_state + "\nArchitecture: amd64\nVersion: 19.2.1-ee.0\n");
}

v1::Installation installation_of(const NodeTree& tree) {
    for (const auto& found : tree.look(installation)) {
        if (found.has_installation()) return found.installation();
    }
    return {};
}

TEST(Installation, FindsTheLinuxPackage) {
    NodeTree tree;
    fill(tree);
    EXPECT_THAT(tree.look(installation),
                ElementsAre(finding(R"(installation { method: LINUX_PACKAGE package_name: "gitlab-ee"
                    package_version: "19.2.1-ee.0" version: "19.2.1" edition: EE revision: "0badc0de123"
                    configured_version: "19.2.1" configured_revision: "0badc0de123" package_state: INSTALLED
                    architecture: "amd64" })")));
}

TEST(Installation, SaysThatThereIsNoGitlab) {
    EXPECT_THAT(NodeTree().look(installation), ElementsAre(finding("installation { method: NONE }")));
}

TEST(Installation, KnowsAPackageThatIsNotConfiguredYet) {
    NodeTree tree;
    fill(tree);
    tree.file("/var/opt/gitlab/gitlab-rails/VERSION", "19.1.4-ee\n");
    EXPECT_TRUE(installation_of(tree).pending_reconfigure());
    EXPECT_EQ(installation_of(tree).configured_version(), "19.1.4");
}

TEST(Installation, KnowsARebuildOfTheSameVersion) {
    NodeTree tree;
    fill(tree);
    tree.file("/var/opt/gitlab/gitlab-rails/REVISION", "ffffffff123\n");
    EXPECT_TRUE(installation_of(tree).pending_reconfigure());
}

TEST(Installation, KnowsAnUpgradeThatDiedAndAHold) {
    NodeTree tree;
    fill(tree, "hold ok half-configured");
    const auto found = installation_of(tree);
    EXPECT_EQ(found.package_state(), v1::Installation::HALF_CONFIGURED);
    EXPECT_TRUE(found.held());
    EXPECT_EQ(found.held_by(), "/var/lib/dpkg/status");
}

TEST(Installation, NamesThePinThatHolds) {
    NodeTree tree;
    fill(tree);
    tree.file("/etc/apt/preferences.d/gitlab",
              "Package: gitlab-*\nPin: version 19.2.*\nPin-Priority: 1001\n");
    EXPECT_EQ(installation_of(tree).held_by(), "/etc/apt/preferences.d/gitlab");
}

TEST(Installation, KnowsACopiedTree) {
    NodeTree tree;
    fill(tree);
    tree.file("/var/lib/dpkg/status", "Package: vim\nStatus: install ok installed\nVersion: 9\n");
    const auto found = installation_of(tree);
    EXPECT_EQ(found.method(), v1::Installation::LINUX_PACKAGE);
    EXPECT_EQ(found.package_state(), v1::Installation::NOT_IN_DATABASE);
    EXPECT_EQ(found.package_name(), "gitlab-ee");
}

TEST(Installation, ReadsTheManifestWhereThatIsAllThereIs) {
    NodeTree tree;
    tree.file("/opt/gitlab/version-manifest.txt", "gitlab-ce 18.11.4\n");
    EXPECT_THAT(tree.look(installation), ElementsAre(finding(R"(installation { method: LINUX_PACKAGE
        package_name: "gitlab-ce" version: "18.11.4" edition: CE })")));
}

TEST(Installation, FindsTheDockerImage) {
    NodeTree tree;
    fill(tree);
    tree.file(std::string(rails) + "INSTALLATION_TYPE", "gitlab-docker\n")
        .file("/RELEASE", "RELEASE_PACKAGE=gitlab-ce\nRELEASE_VERSION=19.2.1-ce.0\n")
        .file("/var/lib/dpkg/status", "Package: vim\nStatus: install ok installed\nVersion: 9\n")
        .file(std::string(rails) + "VERSION", "19.2.1\n");
    const auto found = installation_of(tree);
    EXPECT_EQ(found.method(), v1::Installation::DOCKER);
    EXPECT_EQ(found.package_name(), "gitlab-ce");
    EXPECT_EQ(found.package_version(), "19.2.1-ce.0");
    EXPECT_EQ(found.edition(), v1::CE);
}

TEST(Installation, FindsAPod) {
    NodeTree tree;
    tree.file("/srv/gitlab/INSTALLATION_TYPE", "gitlab-cloud-native-image\n")
        .file("/srv/gitlab/VERSION", "19.2.1-ee\n")
        .file("/srv/gitlab/config/gitlab.yml", "production: {}\n");
    EXPECT_THAT(
        tree.look(installation),
        ElementsAre(finding(R"(installation { method: CLOUD_NATIVE version: "19.2.1" edition: EE })")));
}

TEST(Installation, DoesNotTakeTheHostOfAnImageForAPodOrForNothing) {
    NodeTree tree;
    tree.file("/srv/gitlab/config/gitlab.rb", "external_url 'https://git.example.test'\n");
    EXPECT_THAT(tree.look(installation),
                ElementsAre(finding("installation {}"), gap(v1::Gap::ABSENT, "/srv/gitlab/config")));
}

TEST(Installation, FindsASelfCompiledInstallation) {
    NodeTree tree;
    tree.file("/home/git/gitlab/VERSION", "18.11.4\n")
        .file("/home/git/gitlab/config/gitlab.yml", "production: {}\n");
    EXPECT_THAT(
        tree.look(installation),
        ElementsAre(finding(R"(installation { method: SELF_COMPILED version: "18.11.4" edition: CE })")));
}

TEST(Installation, DoesNotNameWhatIsLeftOfARemovedPackage) {
    NodeTree tree;
    tree.directory("/opt/gitlab/embedded");
    EXPECT_THAT(tree.look(installation),
                AllOf(Contains(finding("installation {}")),
                      Contains(gap(v1::Gap::ABSENT, "/opt/gitlab/version-manifest.txt"))));
}

TEST(Installation, KnowsFipsBuilds) {
    NodeTree tree;
    fill(tree);
    EXPECT_FALSE(installation_of(tree).fips());
    tree.file("/opt/gitlab/embedded/cookbooks/solo.rb", "cookbook_path '/opt'\nfips true\n");
    EXPECT_TRUE(installation_of(tree).fips());
}

TEST(Installation, TellsFilesOfThePackageThatContradictEachOther) {
    NodeTree tree;
    fill(tree);
    tree.file("/opt/gitlab/version-manifest.txt", "gitlab-ee 19.1.4\n");
    EXPECT_THAT(tree.look(installation),
                Contains(finding(R"(difference { kind: PACKAGE_VERSION what: "version of the package"
        used: "/opt/gitlab/embedded/service/gitlab-rails/VERSION" other: "/opt/gitlab/version-manifest.txt"
        detail: "19.2.1 against 19.1.4" })")));
}

TEST(Installation, KeepsAPreReleaseApartFromItsRelease) {
    NodeTree tree;
    fill(tree);
    tree.file(std::string(rails) + "VERSION", "19.2.1-rc42-ee\n");
    EXPECT_EQ(installation_of(tree).version(), "19.2.1-rc42");
}

TEST(Installation, TakesNoOtherTextForAVersionOrRevision) {
    for (const auto* text : {"CANARY\n", "", "19\n", "19.2.1 CANARY\n", "19.x.1\n"}) {
        NodeTree tree;
        fill(tree);
        tree.file(std::string(rails) + "VERSION", text).file(std::string(rails) + "REVISION", "CANARY\n");
        const auto found = tree.look(installation);
        EXPECT_THAT(found, AllOf(Contains(gap(v1::Gap::MALFORMED, std::string(rails) + "VERSION")),
                                 Contains(gap(v1::Gap::MALFORMED, std::string(rails) + "REVISION"))));
        EXPECT_EQ(installation_of(tree).revision(), "");
        EXPECT_EQ(bytes_of(found).find("CANARY"), std::string::npos);
    }
}

TEST(Installation, DoesNotKnowWhetherRailsIsConfiguredWithoutBothRevisions) {
    NodeTree tree;
    tree.file("/opt/gitlab/version-manifest.txt", "gitlab-ee 19.2.1\n")
        .file(std::string(rails) + "REVISION", "0badc0de123\n")
        .file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml", "production: {}\n");
    EXPECT_THAT(tree.look(installation),
                Contains(gap(v1::Gap::ABSENT, "/var/opt/gitlab/gitlab-rails/REVISION")));
}

TEST(Installation, TellsWhatItCannotRead) {
    NodeTree tree;
    fill(tree);
    tree.file("/opt/gitlab/version-manifest.txt", std::string("\0\1", 2))
        .file("/var/lib/dpkg/status", "nonsense");
    EXPECT_THAT(tree.look(installation),
                AllOf(Contains(gap(v1::Gap::MALFORMED, "/opt/gitlab/version-manifest.txt")),
                      Contains(gap(v1::Gap::MALFORMED, "/var/lib/dpkg/status"))));
    EXPECT_EQ(installation_of(tree).package_state(), v1::Installation::PACKAGE_STATE_UNSPECIFIED);
}

}  // namespace
}  // namespace preflight::probes
