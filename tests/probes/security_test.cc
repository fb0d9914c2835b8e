#include "probes/security.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Security, ReadsTheModesOfALivingMachine) {
    NodeTree tree;
    tree.directory("/opt/gitlab")
        .file("/sys/fs/selinux/enforce", "1")
        .file("/etc/selinux/config", "# SELINUX=disabled\nSELINUX=permissive\nSELINUXTYPE=targeted\n")
        .file("/proc/sys/crypto/fips_enabled", "1\n");
    EXPECT_THAT(tree.look(security, Machine::live), ElementsAre(finding(R"(security_module {
        selinux: ENFORCING selinux_configured: PERMISSIVE fips_known: true fips: true })")));
}

TEST(Security, KnowsAMachineWithoutEither) {
    NodeTree tree;
    tree.directory("/opt/gitlab");
    EXPECT_THAT(tree.look(security, Machine::live),
                ElementsAre(finding("security_module { selinux: ABSENT fips_known: true }")));
    tree.file("/etc/selinux/config", "SELINUX=disabled\n");
    EXPECT_THAT(tree.look(security, Machine::live),
                ElementsAre(finding(
                    "security_module { selinux: DISABLED selinux_configured: DISABLED fips_known: true }")));
}

TEST(Security, SaysThatATreeHasNoKernel) {
    NodeTree tree;
    tree.directory("/opt/gitlab").file("/etc/selinux/config", "SELINUX=enforcing\n");
    EXPECT_THAT(tree.look(security), ElementsAre(finding("security_module { selinux_configured: ENFORCING }"),
                                                 gap(v1::Gap::NOT_LIVE)));
}

TEST(Security, TakesNonsenseForNothing) {
    NodeTree tree;
    tree.directory("/opt/gitlab")
        .file("/sys/fs/selinux/enforce", "CANARY")
        .file("/etc/selinux/config", "SELINUX=CANARY")
        .fifo("/proc/sys/crypto/fips_enabled");
    const auto found = tree.look(security, Machine::live);
    EXPECT_THAT(found, Contains(finding("security_module {}")));
    EXPECT_THAT(found, Contains(gap(v1::Gap::REFUSED, "/proc/sys/crypto/fips_enabled")));
    EXPECT_THAT(bytes_of(found), Not(testing::HasSubstr("CANARY")));
}

TEST(Security, IsNotLookedForWithoutGitlab) { EXPECT_THAT(NodeTree().look(security), IsEmpty()); }

}  // namespace
}  // namespace preflight::probes
