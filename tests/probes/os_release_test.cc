#include "probes/os_release.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;

TEST(OsRelease, ReadsQuotedAndBareValues) {
    const auto release = parse_os_release(
        "# comment\nNAME='Rocky Linux'\nID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.4\"\n"
        "PRETTY_NAME=\"Rocky \\\"Blue\\\" 9.4\"\n",
        "/etc/os-release");
    EXPECT_EQ(release->id, "rocky");
    EXPECT_EQ(release->version_id, "9.4");
    EXPECT_EQ(release->pretty_name, "Rocky \"Blue\" 9.4");
    EXPECT_THAT(release->id_like, ElementsAre("rhel", "centos", "fedora"));
}

TEST(OsRelease, LeavesTheVersionOfARollingSystemEmpty) {
    EXPECT_EQ(parse_os_release("ID=debian\n", "f")->version_id, "");
}

TEST(OsRelease, RefusesNonsense) {
    EXPECT_EQ(parse_os_release("", "f").error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(parse_os_release("VERSION_ID=12\n", "f").error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(parse_os_release("ID=\xff\xfe\n", "f").error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(parse_redhat_release("hello\n", "f").error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(parse_redhat_release("CentOS release \n", "f").error().cause, v1::Gap::MALFORMED);
}

TEST(OsRelease, FallsBackOnTheOldFileOfEl6) {
    NodeTree tree;
    tree.file("/etc/redhat-release", "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n");
    const auto release = read_os_release(tree.node());
    EXPECT_EQ(release->id, "rhel");
    EXPECT_EQ(release->version_id, "6.10");
    EXPECT_EQ(parse_redhat_release("CentOS release 6.9 (Final)", "f")->id, "centos");
}

TEST(OsRelease, FollowsTheLinkWithinTheTree) {
    NodeTree tree;
    tree.file("/usr/lib/os-release", "ID=ubuntu\nVERSION_ID=\"24.04\"\n")
        .link("/etc/os-release", "/usr/lib/os-release");
    EXPECT_EQ(read_os_release(tree.node())->version_id, "24.04");
}

TEST(OsRelease, DoesNotPassOverAFileThatItCannotRead) {
    NodeTree tree;
    tree.fifo("/etc/os-release").file("/usr/lib/os-release", "ID=ubuntu\n");
    EXPECT_EQ(read_os_release(tree.node()).error().cause, v1::Gap::REFUSED);
}

}  // namespace
}  // namespace preflight::probes
