#include "probes/mounts.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::SizeIs;

constexpr std::string_view table =
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "40 22 8:17 / /var/opt/gitlab rw - xfs /dev/sdb1 rw\n"
    "41 40 0:50 / /var/opt/gitlab/backups rw,hard shared:9 master:2 - nfs4 filer.example.test:/backups "
    "rw,vers=4.2\n"
    "42 22 0:51 / /mnt/two\\040words rw - tmpfs none ro\n";

TEST(Mounts, ReadsTheKernelsTable) {
    const auto found = parse_mountinfo(table, "/proc/self/mountinfo");
    ASSERT_THAT(found->mounts, SizeIs(4));
    EXPECT_EQ(found->mounts[2].device, "filer.example.test:/backups");
    EXPECT_EQ(found->mounts[3].point, "/mnt/two words");
    EXPECT_TRUE(found->mounts[3].read_only);
}

TEST(Mounts, TakesAMountMadeReadOnlyForOneProcessForAWritableFilesystem) {
    const auto found = parse_mountinfo("22 1 8:1 / / ro,relatime shared:1 - ext4 /dev/sda1 rw\n", "f");
    EXPECT_FALSE(found->mounts.at(0).read_only);
}

TEST(Mounts, TellsWhereNoProgramCanBeStarted) {
    const auto found = parse_mountinfo(
        "22 1 8:1 / / rw,nosuid,noexec shared:1 - ext4 /dev/sda1 rw\n23 22 8:2 / /srv rw - ext4 /dev/sdb1 "
        "rw\n",
        "f");
    EXPECT_TRUE(found->mounts.at(0).noexec);
    EXPECT_FALSE(found->mounts.at(1).noexec);
    EXPECT_TRUE(parse_mounts("/dev/sda1 / ext4 rw,noexec 0 0\n", "f")->mounts.at(0).noexec);
}

TEST(Mounts, TellsADeviceWithoutItsUser) {
    const auto device = [](const std::string& text) {
        const auto found = parse_mounts(text + " /mnt fuse rw 0 0\n", "f");
        return found ? found->mounts.at(0).device : "none";
    };
    EXPECT_EQ(device("curlftpfs#ftp://u:CANARY@h"), "curlftpfs#ftp://h");
    EXPECT_EQ(device("curlftpfs#ftp://u:CANARY:h"), "curlftpfs#unclear address");
    EXPECT_EQ(device("u:CANARY@host:/srv"), "host:/srv");
    EXPECT_EQ(device("//u:CANARY@filer/share"), "filer/share");
    EXPECT_EQ(device("https://h/dav?sig=CANARY"), "https://h/dav");
    EXPECT_EQ(device("/dev/mapper/vg@data"), "/dev/mapper/vg@data");
    EXPECT_EQ(device("[2001:db8::7]:/export"), "[2001:db8::7]:/export");
}

TEST(Mounts, FindsTheMountUnderAPath) {
    const auto found = parse_mountinfo(table, "f");
    EXPECT_EQ(found->of("/var/opt/gitlab/redis")->type, "xfs");
    EXPECT_EQ(found->of("/var/opt/gitlab/backups")->type, "nfs4");
    EXPECT_EQ(found->of("/var/opt/gitlab-two")->point, "/");
}

TEST(Mounts, LetsTheLaterOfTwoMountsHideTheEarlier) {
    const auto found =
        parse_mountinfo(std::string(table) + "50 40 8:33 / /var/opt/gitlab rw - ext4 /dev/sdc1 rw\n", "f");
    EXPECT_EQ(found->of("/var/opt/gitlab/redis")->device, "/dev/sdc1");
}

TEST(Mounts, TellsTheNetworkFromLocalDisks) {
    for (const auto* type :
         {"nfs", "nfs4", "cifs", "smb3", "glusterfs", "ceph", "fuse.sshfs", "lustre", "gpfs", "9p", "afs"}) {
        EXPECT_TRUE((Mount{.point = "/a", .type = type, .device = "d"}.network())) << type;
    }
    for (const auto* type : {"ext4", "xfs", "tmpfs", "overlay", "zfs", "fuse.lxcfs"}) {
        EXPECT_FALSE((Mount{.point = "/a", .type = type, .device = "d"}.network())) << type;
    }
}

TEST(Mounts, FollowsLinksButStopsAtTheNetwork) {
    NodeTree tree;
    tree.directory("/data/gitlab").link("/var/opt/gitlab", "../../data/gitlab").link("/net/store", "/data");
    Mounts mounts{.source = "f",
                  .mounts = {{.point = "/", .type = "ext4", .device = "a"},
                             {.point = "/net", .type = "nfs", .device = "b"}}};
    EXPECT_EQ(mounts.resolve(tree.node(), "/var/opt/gitlab/redis"), "/data/gitlab/redis");
    EXPECT_EQ(mounts.resolve(tree.node(), "/net/store/x"), "/net/store/x");
    EXPECT_EQ(mounts.resolve(tree.node(), "/"), "/");
}

TEST(Mounts, EndsOnALoopOfLinks) {
    NodeTree tree;
    tree.link("/a", "/b").link("/b", "/a");
    const Mounts mounts{.source = "f", .mounts = {{.point = "/", .type = "ext4", .device = "d"}}};
    EXPECT_FALSE(mounts.resolve(tree.node(), "/a/c").empty());
}

TEST(Mounts, ReadsTheOlderTableToo) {
    const auto found =
        parse_mounts("/dev/sda1 / ext4 ro,relatime 0 0\nproc /proc proc rw 0 0\n", "/proc/mounts");
    EXPECT_EQ(found->of("/etc")->type, "ext4");
    EXPECT_TRUE(found->of("/etc")->read_only);
}

TEST(Mounts, RefusesNonsense) {
    EXPECT_EQ(parse_mountinfo("", "f").error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(parse_mountinfo("one two three\n- - - - - - - - - -\n", "f").error().cause, v1::Gap::MALFORMED);
}

}  // namespace
}  // namespace preflight::probes
