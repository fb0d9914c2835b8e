#include "probes/package_sources.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// "URI suite element", with " off" and the section's name.
std::vector<std::string> texts(const Parsed<v1::PackageSource>& found) {
    std::vector<std::string> shown;
    for (const auto& one : found.items) {
        shown.push_back(one.uri() + " " + one.suite() + " " + one.path_element() +
                        (one.enabled() ? "" : " off") + (one.name().empty() ? "" : " [" + one.name() + "]"));
    }
    return shown;
}

TEST(PackageSources, AreReadFromOneLineEach) {
    const auto found = parse_apt_list(
        "# comment\ndeb http://deb.debian.org/debian bookworm main\n"
        "deb [signed-by=/k arch=amd64] https://user:CANARY@packages.gitlab.com/gitlab/gitlab-ee/ubuntu/ "
        "jammy main\n"
        "# deb https://packages.gitlab.com/gitlab/gitlab-ce/ubuntu/ focal main # disabled on upgrade\n"
        "deb-src https://packages.gitlab.com/gitlab/gitlab-ee/ubuntu/ jammy main\n"
        "deb https://packages.gitlab.com/runner/gitlab-runner/ubuntu/ jammy main\ndeb [\ndeb\n",
        "/l");
    EXPECT_THAT(texts(found),
                ElementsAre("https://packages.gitlab.com/gitlab/gitlab-ee/ubuntu/ jammy ubuntu",
                            "https://packages.gitlab.com/gitlab/gitlab-ce/ubuntu/ focal ubuntu off"));
    EXPECT_THAT(found.problems, IsEmpty());
}

TEST(PackageSources, AreReadFromStanzas) {
    const auto found = parse_apt_sources(
        "Types: deb deb-src\nURIs: https://packages.gitlab.com/gitlab/gitlab-ee/debian/bookworm\n"
        "Suites: bookworm\n trixie\nComponents: main\nSigned-By:\n -----BEGIN\n\n"
        "Types: deb\nEnabled: no\nURIs: https://mirror.example/gitlab\nSuites: noble\n",
        "/s");
    EXPECT_THAT(
        texts(found),
        ElementsAre("https://packages.gitlab.com/gitlab/gitlab-ee/debian/bookworm bookworm debian/bookworm",
                    "https://packages.gitlab.com/gitlab/gitlab-ee/debian/bookworm trixie debian/bookworm",
                    "https://mirror.example/gitlab noble  off"));
}

TEST(PackageSources, AreReadFromSections) {
    const auto found = parse_repo_file(
        "[gitlab_gitlab-ee]\nname=gitlab\nbaseurl=https://packages.gitlab.com/gitlab/gitlab-ee/el/9/"
        "$basearch\n"
        "password=CANARY\nenabled=1\n[off]\nenabled = "
        "0\nbaseurl=https://u:CANARY@m.example/gitlab-ee/amazon/2023\n"
        "[base]\nbaseurl=https://m.example/base\n",
        "/r");
    EXPECT_THAT(
        texts(found),
        ElementsAre("https://packages.gitlab.com/gitlab/gitlab-ee/el/9/$basearch  el/9 [gitlab_gitlab-ee]",
                    "https://m.example/gitlab-ee/amazon/2023  amazon/2023 off [off]"));
}

// Cloudsmith, Packagecloud and others have one in the path.
TEST(PackageSources, TellNoTokenOfAMirror) {
    const auto found = parse_apt_list(
        "deb https://dl.cloudsmith.io/CANARY/corp/gitlab-ee/deb/ubuntu jammy main\n"
        "deb https://packagecloud.io:8443/priv/CANARY/gitlab/gitlab-ce/debian/ bookworm main\n"
        "deb https://m.example/gitlab/CANARY/gitlab-ee-local/debian bookworm main\n"
        "deb https://gitlab.mirror.example/CANARY/debian bookworm main\n"
        "deb https://m.example/gitlab-CANARY/debian bookworm main\n"
        "deb https://m.example/gitlab-ee/CANARY/ubuntu/ jammy main\n"
        "deb https://m.example/gitlab-ee-CANARY/debian bookworm main\n"
        "deb https://m.example/a/gitlab-ee/ubuntu/22.04/0123456789abcdef jammy main\n",
        "/l");
    EXPECT_THAT(texts(found),
                ElementsAre("https://dl.cloudsmith.io/…/gitlab-ee/deb/ubuntu jammy deb/ubuntu",
                            "https://packagecloud.io:8443/…/gitlab-ce/debian/ bookworm debian",
                            "https://m.example/…/gitlab-ee-local/debian bookworm debian",
                            "https://gitlab.mirror.example/… bookworm ", "https://m.example/… bookworm ",
                            "https://m.example/gitlab-ee/…/ubuntu/ jammy ", "https://m.example/… bookworm ",
                            "https://m.example/…/gitlab-ee/ubuntu/22.04/… jammy ubuntu/22.04"));
    EXPECT_THAT(found.problems, IsEmpty());
}

TEST(PackageSources, TellOfAMirrorsPathWhatTellsOfTheSystem) {
    const auto found = parse_repo_file(
        "[a]\nbaseurl=https://m.example/gitlab-ee/el/$releasever/$basearch/\n"
        "[b]\nbaseurl=https://m.example/gitlab-ee/el9/x86_64\n"
        "[c]\nbaseurl=https://m.example/gitlab-ee/el/CANARY9/x86_64\n"
        "[d]\nbaseurl=https://m.example/gitlab-ee/opensuse-leap/15.5\n"
        "[e]\nbaseurl=https://m.example/gitlab_gitlab-ee/el/7Server/s390x\n"
        "[f]\nbaseurl=https://m.example/gitlab-ee/hunter2/el/9\n"
        "[g]\nbaseurl=https://m.example/gitlab-ee/sle-15-sp5/centos-stream-9/el-9-x86_64\n"
        "[h]\nbaseurl=https://m.example/artifactory/gitlab-ee-debian-remote/abcdefg/12345678\n"
        "[i]\nbaseurl=https://packages.gitlab.com/priv/CANARY/gitlab/gitlab-ee/el/9\n",
        "/r");
    EXPECT_THAT(texts(found),
                ElementsAre("https://m.example/gitlab-ee/el/$releasever/$basearch/  el/$releasever [a]",
                            "https://m.example/gitlab-ee/el9/x86_64  el9 [b]",
                            "https://m.example/gitlab-ee/el/…/x86_64   [c]",
                            "https://m.example/gitlab-ee/opensuse-leap/15.5  opensuse-leap/15.5 [d]",
                            "https://m.example/gitlab_gitlab-ee/el/7Server/s390x  el/7Server [e]",
                            "https://m.example/gitlab-ee/…/el/9   [f]",
                            "https://m.example/gitlab-ee/sle-15-sp5/centos-stream-9/el-9-x86_64  "
                            "sle-15-sp5/centos-stream-9 [g]",
                            "https://m.example/…/gitlab-ee-debian-remote/…/…   [h]",
                            "https://packages.gitlab.com/…/gitlab-ee/el/9  el/9 [i]"));
}

TEST(PackageSources, WithAnAddressThatIsNoneAreAProblem) {
    const auto found = parse_apt_list("deb https://gitlab@CANARY@x:y:z/ jammy main\n", "/l");
    EXPECT_THAT(found.items, IsEmpty());
    ASSERT_THAT(found.problems, SizeIs(1));
    EXPECT_THAT(found.problems[0].detail, Not(HasSubstr("CANARY")));
}

TEST(PackageSources, AreFoundInAllPlaces) {
    NodeTree tree;
    tree.file("/etc/apt/sources.list", "deb https://a.example/gitlab-ee/debian bookworm main\n")
        .file("/etc/apt/sources.list.d/gitlab.sources",
              "Types: deb\nURIs: https://b.example/gitlab-ee/debian\nSuites: bookworm\n")
        .file("/etc/apt/sources.list.d/old.list.save",
              "deb https://c.example/gitlab-ee/debian bookworm main\n")
        .file("/etc/zypp/repos.d/g.repo", "[g]\nbaseurl=https://d.example/gitlab-ee/sles/15\n")
        .fifo("/etc/yum.repos.d/g.repo");
    const auto found = read_package_sources(tree.node());
    EXPECT_THAT(found.items, SizeIs(3));
    ASSERT_THAT(found.problems, SizeIs(1));
    EXPECT_EQ(found.problems[0].cause, v1::Gap::REFUSED);
}

}  // namespace
}  // namespace preflight::probes
