#include "probes/package_hold.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

TEST(PackageHold, FindsAPinOfAVersion) {
    EXPECT_TRUE(
        pins_gitlab("Explanation: stay\nPackage: gitlab-ee\nPin: version 19.1*\nPin-Priority: 1001\n"));
    EXPECT_TRUE(pins_gitlab(
        "Package: x\nPin: version 1\n\nPackage: y gitlab*\nPin: version 19.*\nPin-Priority: 990\n"));
    EXPECT_TRUE(pins_gitlab("Package: gitlab-ee\nPin: release *\nPin-Priority: -1\n"));
}

TEST(PackageHold, LeavesPinsOfOrigins) {
    EXPECT_FALSE(pins_gitlab("Package: gitlab-ee\nPin: origin packages.gitlab.com\nPin-Priority: 900\n"));
    EXPECT_FALSE(pins_gitlab("Package: *\nPin: version 1\nPin-Priority: 1001\n"));
    EXPECT_FALSE(pins_gitlab("Package: gitlab-runner\nPin: version 18*\nPin-Priority: 1001\n"));
    EXPECT_FALSE(pins_gitlab("Package: gitlab-ee\n\nPin: version 1\n"));
}

TEST(PackageHold, ReadsVersionLocksOfDnfAndYum) {
    EXPECT_TRUE(locks_gitlab("# Added lock\ngitlab-ee-0:19.2.1-ee.0.el9.*\n"));
    EXPECT_TRUE(locks_gitlab("0:gitlab-ee-16.11.10-ee.0.el7.*\n"));
    EXPECT_FALSE(locks_gitlab(
        "#gitlab-ee-0:19.2.1-ee.0.el9.*\n!gitlab-ee-0:19.3.0-ee.0.el9.*\ngitlab-runner-0:18.*\n"));
}

TEST(PackageHold, ReadsLocksOfZypper) {
    EXPECT_TRUE(zypper_locks_gitlab(
        "\ntype: package\nmatch_type: glob\ncase_sensitive: on\nsolvable_name: gitlab-ee\n"));
    EXPECT_FALSE(zypper_locks_gitlab("solvable_name: vim\n"));
}

TEST(PackageHold, ReadsExcludes) {
    EXPECT_TRUE(excludes_gitlab("[main]\ngpgcheck=1\nexclude=kernel* gitlab-ee\n"));
    EXPECT_TRUE(excludes_gitlab("[a]\nexcludepkgs = vim,\n  gitlab*\n"));
    EXPECT_FALSE(excludes_gitlab("[gitlab-ee]\nname=gitlab-ee\n#exclude=gitlab-ee\nexclude=gitlab-runner\n"));
}

TEST(PackageHold, NamesTheFileThatHolds) {
    NodeTree tree;
    tree.file("/etc/apt/preferences.d/90-gitlab.pref",
              "Package: gitlab-ee\nPin: version 19.2*\nPin-Priority: 1001\n");
    EXPECT_EQ(find_package_hold(tree.node()).held_by, "/etc/apt/preferences.d/90-gitlab.pref");
}

TEST(PackageHold, TellsOfFilesThatItCannotRead) {
    NodeTree tree;
    tree.fifo("/etc/apt/preferences").fifo("/etc/yum.repos.d/gitlab.repo");
    const auto found = find_package_hold(tree.node());
    EXPECT_FALSE(found.held_by.has_value());
    EXPECT_THAT(found.problems, ElementsAre(Field(&Problem::source, "/etc/apt/preferences"),
                                            Field(&Problem::source, "/etc/yum.repos.d/gitlab.repo")));
}

TEST(PackageHold, FindsNothingOnAFreeNode) {
    const auto found = find_package_hold(NodeTree().node());
    EXPECT_FALSE(found.held_by.has_value());
    EXPECT_THAT(found.problems, IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
