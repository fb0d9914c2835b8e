#include "probes/system.h"

#include <sys/statvfs.h>
#include <sys/timex.h>

#include <algorithm>
#include <optional>

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A whole snapshot: with its /proc, as a debugging archive has it.
void fill(NodeTree& tree) {
    tree.file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n")
        .file(
            "/var/lib/dpkg/status",
            "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u4\n\n")
        .file("/etc/hostname", "web1\n")
        .file("/etc/hosts", "127.0.1.1 web1\n10.9.0.11 web1.example.test web1\n")
        .file("/etc/machine-id", "0123456789abcdef0123456789abcdef\n")
        .file("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n")
        .file("/proc/uptime", "86400.55 12345.00\n")
        .file("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 500 kB\n")
        .file("/sys/devices/system/cpu/online", "0-7\n")
        .file("/proc/self/mountinfo",
              "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n41 22 0:50 / /srv/backups rw - nfs4 "
              "filer.example.test:/b rw\n")
        .file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml",
              "production:\n  backup:\n    path: /srv/backups\n")
        .file("/var/opt/gitlab/gitaly/config.toml", "[[storage]]\nname = \"default\"\npath = \"/data/git\"\n")
        .directory("/srv/backups")
        .directory("/data/git")
        .directory("/etc/gitlab");
}

std::vector<std::string> unseen_in(const std::vector<v1::Finding>& findings) {
    std::vector<std::string> affects;
    for (const auto& found : findings) {
        if (found.has_gap()) affects.push_back(found.gap().affects());
    }
    return affects;
}

TEST(System, FindsTheOperatingSystem) {
    NodeTree tree;
    fill(tree);
    EXPECT_THAT(tree.look(system),
                Contains(finding(
                    R"(operating_system { id: "debian" version_id: "12" pretty_name: "Debian GNU/Linux 12"
                                    architecture: "amd64" kernel: "6.1.0-18-amd64" glibc: "2.36" })")));
}

TEST(System, FindsTheHost) {
    NodeTree tree;
    fill(tree);
    const auto found = tree.look(system);
    const auto& host = found.at(1).host();
    EXPECT_EQ(host.name(), "web1");
    EXPECT_EQ(host.fqdn(), "web1.example.test");
    EXPECT_THAT(host.addresses(), ElementsAre("10.9.0.11"));
    EXPECT_EQ(host.uptime_seconds(), 86400U);
    EXPECT_EQ(host.memory_bytes(), 1000U * 1024);
    EXPECT_EQ(host.memory_available_bytes(), 500U * 1024);
    EXPECT_EQ(host.processors(), 8U);
    EXPECT_EQ(host.machine_digest().size(), 64U);
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("0123456789abcdef0123456789abcdef")));
}

TEST(System, GroupsGitlabsPathsByFilesystemAndTellsTheNetwork) {
    NodeTree tree;
    fill(tree);
    EXPECT_THAT(tree.look(system),
                AllOf(Contains(finding(
                          R"(filesystem { paths: "/" paths: "/etc/gitlab" paths: "/var/opt/gitlab"
                                  paths: "/var/opt/gitlab/gitaly" paths: "/data/git"
                                  mount_point: "/" device: "/dev/sda1" type: "ext4" noexec: false })")),
                      Contains(finding(R"(filesystem { paths: "/srv/backups" mount_point: "/srv/backups"
                                  device: "filer.example.test:/b" type: "nfs4" network: true
                                  noexec: false })"))));
}

TEST(System, SaysInOneGapWhatATreeCannotShow) {
    NodeTree tree;
    fill(tree);
    EXPECT_THAT(unseen_in(tree.look(system)), ElementsAre("time synchronisation, free space"));
}

TEST(System, NamesEverythingThatABareTreeDoesNotShow) {
    NodeTree tree;
    tree.file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
    const auto found = tree.look(system);
    EXPECT_THAT(found, Contains(finding(R"(operating_system { id: "debian" version_id: "12" })")));
    EXPECT_THAT(unseen_in(found), ElementsAre("host name", "machine id",
                                              "architecture, kernel, C library, uptime, memory, processors, "
                                              "time synchronisation, filesystems"));
    EXPECT_THAT(found, Contains(gap(v1::Gap::ABSENT, "/etc/hostname")));
    EXPECT_THAT(found, Contains(gap(v1::Gap::NOT_LIVE)));
}

TEST(System, TakesNamesAndAddressesFromTheAttributesOfATree) {
    NodeTree tree;
    tree.file("/etc/hostname", "db1\n")
        .file(
            "/opt/gitlab/embedded/nodes/db1.example.test.json",
            R"({"normal": {"secret": "CANARY-1"}, "automatic": {"fqdn": "db1.example.test", "ipaddress": "10.9.0.31",
                  "network": {"interfaces": {"lo": {"addresses": {"127.0.0.1": {}}},
                                             "eth0": {"addresses": {"10.9.0.31": {}, "fe80::1": {}, "2001:db8::31": {},
                                                                    "52:54:00:12:34:56": {}}}}}}})");
    const auto found = tree.look(system);
    EXPECT_THAT(found, Contains(finding(R"(host { name: "db1" fqdn: "db1.example.test"
                                           addresses: "10.9.0.31" addresses: "2001:db8::31" })")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(System, SaysWhenNothingNamesTheSystem) {
    NodeTree tree;
    EXPECT_THAT(tree.look(system), Contains(gap(v1::Gap::ABSENT, "/etc/os-release")));
    tree.file("/etc/os-release", std::string("\0\1\2", 3));
    EXPECT_THAT(tree.look(system), Contains(gap(v1::Gap::MALFORMED, "/etc/os-release")));
}

TEST(System, ToldApartFromAFileThatIsAbsentIsOneThatIsNonsense) {
    NodeTree tree;
    fill(tree);
    tree.file("/etc/machine-id", "uninitialized\n")
        .file("/proc/uptime", "soon\n")
        .file("/etc/hostname", "\n");
    EXPECT_THAT(tree.look(system), AllOf(Contains(gap(v1::Gap::MALFORMED, "/etc/machine-id")),
                                         Contains(gap(v1::Gap::MALFORMED, "/proc/uptime")),
                                         Contains(gap(v1::Gap::MALFORMED, "/etc/hostname"))));
}

TEST(System, KnowsAContainer) {
    NodeTree tree;
    tree.file("/etc/os-release", "ID=ubuntu\n").file("/.dockerenv", "");
    EXPECT_TRUE(tree.look(system).at(0).operating_system().container());
}

TEST(System, GoesOnWhenGitlabsFilesAreHostile) {
    NodeTree tree;
    fill(tree);
    tree.fifo("/var/lib/dpkg/arch")
        .file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml", "production: [CANARY-2, {");
    const auto found = tree.look(system);
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, "/var/opt/gitlab/gitlab-rails/etc/gitlab.yml")));
    EXPECT_THAT(found,
                Contains(finding(R"(filesystem { paths: "/" paths: "/etc/gitlab" paths: "/var/opt/gitlab"
                                           paths: "/var/opt/gitlab/gitaly" paths: "/data/git" mount_point: "/"
                                           device: "/dev/sda1" type: "ext4" noexec: false })")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(System, LooksAtTheMachineThatItRunsOn) {
    std::vector<v1::Finding> found;
    {
        Findings out(system.name, [&](const v1::Finding& finding) { found.push_back(finding); });
        system.look(Node::open("/").value(), {}, out);
    }
    EXPECT_NE(found.at(0).operating_system().kernel(), "");
    EXPECT_NE(found.at(1).host().name(), "");
    EXPECT_GT(found.at(1).host().memory_bytes(), 0U);
    EXPECT_THAT(found, Contains(::testing::Truly([](const v1::Finding& finding) {
                    return finding.has_filesystem() && finding.filesystem().size_bytes() > 0;
                })));
}

std::vector<v1::Finding> look_at_this_machine() {
    std::vector<v1::Finding> found;
    Findings out(system.name, [&](const v1::Finding& finding) { found.push_back(finding); });
    system.look(Node::open("/").value(), {}, out);
    out.flush();
    return found;
}

TEST(System, CountsTheInodesOfEachFilesystem) {
    struct statvfs root {};
    ASSERT_EQ(::statvfs("/", &root), 0);
    std::optional<std::uint64_t> inodes;
    for (const auto& finding : look_at_this_machine()) {
        const auto& filesystem = finding.filesystem();
        EXPECT_LE(filesystem.inodes_available(), filesystem.inodes()) << filesystem.mount_point();
        if (std::ranges::find(filesystem.paths(), "/") != filesystem.paths().end())
            inodes = filesystem.inodes();
    }
    ASSERT_TRUE(inodes);
    EXPECT_EQ(*inodes > 0, root.f_files > 0) << "0 where the filesystem has no such number";
}

TEST(System, SaysWhetherTheHostsTimeServiceKeepsTheClock) {
    timex clock{};
    const int answer = ::adjtimex(&clock);
    const auto found = look_at_this_machine();
    const auto& host = found.at(1).host();
    if (answer < 0) {
        EXPECT_EQ(host.time_sync(), v1::Host::TIME_SYNC_UNSPECIFIED);
        EXPECT_THAT(unseen_in(found), Contains(HasSubstr("time synchronisation")));
        return;
    }
    EXPECT_EQ(host.time_sync(),
              (clock.status & STA_UNSYNC) == 0 ? v1::Host::SYNCHRONISED : v1::Host::NOT_SYNCHRONISED);
}

}  // namespace
}  // namespace preflight::probes
