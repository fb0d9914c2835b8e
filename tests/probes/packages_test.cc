#include "probes/packages.h"

#include "probes/package_cache.h"
#include "probes/paths.h"
#include "tests/probes/finding_texts.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/unprivileged.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::string_view dpkg_status =
    "Package: gitlab-ee\nStatus: install ok installed\nArchitecture: amd64\nVersion: 19.2.1-ee.0\n\n";

NodeTree& with_package(NodeTree& tree) {
    return tree.directory("/opt/gitlab").file("/var/lib/dpkg/status", dpkg_status);
}

TEST(Packages, ComeFromARepository) {
    NodeTree tree;
    with_package(tree).file("/etc/apt/sources.list.d/gitlab_gitlab-ee.list",
                            "deb https://u:CANARY@packages.gitlab.com/gitlab/gitlab-ee/ubuntu/ jammy main\n");
    const auto found = tree.look(packages);
    EXPECT_THAT(found, Contains(finding(R"(package_source {
        path: "/etc/apt/sources.list.d/gitlab_gitlab-ee.list" uri: "https://packages.gitlab.com/gitlab/gitlab-ee/ubuntu/"
        suite: "jammy" path_element: "ubuntu" enabled: true })")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Packages, TellThatOneEditionWasInstalledAfterTheOther) {
    NodeTree tree;
    with_package(tree)
        .file("/var/log/dpkg.log.1",
              "2024-05-01 10:11:12 install gitlab-ee:amd64 <none> 16.11.1-ee.0\n"
              "2024-05-02 10:11:12 upgrade gitlab-ee:amd64 16.11.1-ee.0 16.11.2-ee.0\n")
        .file("/var/log/dpkg.log",
              "2024-05-03 10:11:12 remove gitlab-ee:amd64 16.11.2-ee.0 <none>\n"
              "2024-05-06 10:11:12 install gitlab-ce:amd64 <none> 16.11.2-ce.0\n"
              "2024-05-06 10:11:13 status installed gitlab-ce:amd64 16.11.2-ce.0\ntorn");
    EXPECT_THAT(tree.look(packages),
                Contains(finding(R"(edition_change { log: "/var/log/dpkg.log" day: "2024-05-06"
        from: "gitlab-ee" to: "gitlab-ce" })")));
    NodeTree same;
    with_package(same).file("/var/log/dpkg.log",
                            "2024-05-02 10:11:12 upgrade gitlab-ee:amd64 16.11.1-ee.0 16.11.2-ee.0\n"
                            "2024-05-03 10:11:12 install gitlab-runner:amd64 <none> 16.11.2\n");
    for (const auto& one : same.look(packages)) EXPECT_FALSE(one.has_edition_change());
}

TEST(Packages, SayForWhichSystemTheyWereBuilt) {
    NodeTree tree;
    with_package(tree)
        .file("/var/lib/apt/lists/packages.gitlab.com_gitlab_gitlab-ee_ubuntu_dists_focal_InRelease", "")
        .file(
            "/var/lib/apt/lists/"
            "packages.gitlab.com_gitlab_gitlab-ee_ubuntu_dists_focal_main_binary-amd64_Packages",
            "")
        .file("/var/lib/apt/lists/archive.ubuntu.com_ubuntu_dists_jammy_InRelease", "");
    EXPECT_THAT(tree.look(packages), Contains(finding(R"(package_suffix {
        package_name: "gitlab-ee" package_version: "19.2.1-ee.0" suites: "focal" })")));
    EXPECT_EQ(system_suffix("19.2.1-ee.0.el9"), "el9");
    EXPECT_EQ(system_suffix("19.2.1-ee.0.amazon2023"), "amazon2023");
    EXPECT_EQ(system_suffix("19.2.1-ee.0"), "");
    EXPECT_EQ(suite_of_list("packages.gitlab.com_runner_gitlab-runner_ubuntu_dists_jammy_InRelease"), "");
}

TEST(Packages, AreFoundInCaches) {
    NodeTree tree;
    with_package(tree)
        .file("/var/cache/apt/archives/gitlab-ee_19.2.1-ee.0_amd64.deb", "12345")
        .file("/var/cache/apt/archives/partial/gitlab-ee_19.3.0-ee.0_amd64.deb", "")
        .file("/var/cache/apt/archives/gitlab-runner_19.2.1-1_amd64.deb", "")
        .file("/var/cache/dnf/gitlab-1a/packages/gitlab-ee-19.2.0-ee.0.el9.x86_64.rpm", "");
    EXPECT_THAT(tree.look(packages), Contains(finding(R"(package_cache {
        path: "/var/cache/apt/archives/gitlab-ee_19.2.1-ee.0_amd64.deb" package_name: "gitlab-ee" version: "19.2.1-ee.0"
        architecture: "amd64" size_bytes: 5 })")));
    const auto cached = read_package_cache(tree.node());
    ASSERT_THAT(cached.items, SizeIs(2));
    EXPECT_EQ(cached.items[1].version(), "19.2.0-ee.0.el9");
    EXPECT_EQ(cached.items[1].architecture(), "x86_64");
}

TEST(Packages, HaveNamesOfOneForm) {
    for (const auto* name :
         {"", ".deb", ".rpm", "gitlab-ee.deb", "gitlab-ee_1.deb", "gitlab-ee-1.rpm", "gitlab-ee__.deb",
          "gitlab-ee-x-y.z.rpm", "-.rpm", "--.rpm", "gitlab-ee_19.2.1-ee.0_amd64.txt"}) {
        EXPECT_FALSE(parse_package_file_name(name)) << name;
    }
}

TEST(Packages, LeaveThings) {
    NodeTree tree;
    with_package(tree)
        .directory("/var/opt/gitlab/postgresql/data")
        .directory("/var/opt/gitlab/postgresql/data.16")
        .directory("/var/opt/gitlab/postgresql/data.bak")
        .directory("/var/opt/gitlab/mattermost")
        .file("/var/opt/gitlab/postgresql-version.old", "16");
    Texts left;
    for (const auto& one : all(tree.look(packages), &v1::Finding::has_leftover, &v1::Finding::leftover))
        left.push_back(one.path());
    EXPECT_THAT(left,
                UnorderedElementsAre("/var/opt/gitlab/postgresql-version.old", "/var/opt/gitlab/mattermost",
                                     "/var/opt/gitlab/postgresql/data.16"));
}

TEST(Packages, NameTheCustomHooksOfTheServer) {
    NodeTree tree;
    tree.file(paths::gitaly_toml, "[auth]\ntoken = 'CANARY'\n[hooks]\ncustom_hooks_dir = '/srv/hooks'\n")
        .file("/srv/hooks/pre-receive.d/author", "#!/bin/sh\nCANARY", 0755)
        .file("/srv/hooks/pre-receive.d/README", "", 0644)
        .file("/srv/hooks/other.d/x", "", 0755);
    const auto found = tree.look(packages);
    EXPECT_THAT(found,
                ElementsAre(finding(R"(custom_hooks { path: "/srv/hooks" hooks: "pre-receive.d/author" })")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Packages, NameHooksUpToALimit) {
    NodeTree tree;
    tree.file(paths::gitaly_toml, "[hooks]\ncustom_hooks_dir = '/srv/hooks'\n");
    for (int at = 0; at < 101; ++at) tree.file("/srv/hooks/update.d/" + std::to_string(at), "", 0755);
    EXPECT_THAT(tree.look(packages), Contains(gap(v1::Gap::DROPPED, "/srv/hooks/update.d")));
}

TEST(Packages, SayWhatTheyCannotSee) {
    NodeTree tree;
    with_package(tree)
        .fifo("/etc/apt/sources.list")
        .file(paths::gitaly_toml, "token = 'CANARY")
        .file("/var/cache/apt/archives/x", "");
    EXPECT_THAT(tree.look(packages), Contains(gap(v1::Gap::REFUSED, "/etc/apt/sources.list")));
    EXPECT_THAT(tree.look(packages), Contains(gap(v1::Gap::MALFORMED, paths::gitaly_toml)));
    EXPECT_THAT(bytes_of(tree.look(packages)), Not(HasSubstr("CANARY")));
    NodeTree closed;
    closed.directory("/opt/gitlab").file("/etc/apt/sources.list", "x", 0000);
    const Unprivileged nobody(closed);
    EXPECT_THAT(closed.look(packages), ElementsAre(gap(v1::Gap::DENIED, "/etc/apt/sources.list")));
}

TEST(Packages, AreNotLookedForWithoutGitlab) {
    NodeTree tree;
    tree.file("/etc/apt/sources.list", "deb https://a.example/gitlab-ee/debian bookworm main\n");
    EXPECT_THAT(tree.look(packages), IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
