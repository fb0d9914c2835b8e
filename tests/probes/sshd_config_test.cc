#include "probes/sshd_config.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SshdConfig, NamesTheProgramsThatAreAskedForKeys) {
    const auto found = parse_sshd_config(
        "# AuthorizedKeysCommand /no\nPort 22\nauthorizedkeyscommand=/opt/check git %u %k\n"
        "Match User deploy\n\tAuthorizedKeysCommand \"/opt/my keys\" %u\n"
        "AuthorizedKeysCommandUser git\nAuthorizedKeysCommand none\nAuthorizedKeysCommand /opt/check git\n");
    EXPECT_THAT(found.key_commands, ElementsAre("/opt/check", "/opt/my keys"));
    EXPECT_THAT(found.includes, IsEmpty());
}

TEST(SshdConfig, NamesWhatItIncludes) {
    EXPECT_THAT(parse_sshd_config("Include sshd_config.d/*.conf \"/srv/x.conf\"\n").includes,
                ElementsAre("sshd_config.d/*.conf", "/srv/x.conf"));
}

TEST(SshdConfig, IsReadWithItsIncludes) {
    NodeTree tree;
    tree.file("/etc/ssh/sshd_config", "Include sshd_config.d/*.conf\nInclude /nowhere/*.conf\n")
        .file("/etc/ssh/sshd_config.d/a.conf", "Include more/b\n")
        .file("/etc/ssh/sshd_config.d/a.conf.off", "AuthorizedKeysCommand /off\n")
        .file("/etc/ssh/sshd_config.d/.hidden.conf", "AuthorizedKeysCommand /hidden\n")
        .file("/etc/ssh/more/b", "AuthorizedKeysCommand /opt/b %u\n");
    const auto found = read_sshd_settings(tree.node());
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->path, "/etc/ssh/sshd_config");
    EXPECT_THAT(found->key_commands, ElementsAre("/opt/b"));
    tree.file("/assets/sshd_config", "AuthorizedKeysCommand /opt/image %u\n");
    EXPECT_THAT(read_sshd_settings(tree.node())->key_commands, ElementsAre("/opt/image"));
}

TEST(SshdConfig, IsNotTakenForWholeWhereAPartOfItWasNotRead) {
    NodeTree endless;
    endless.file("/etc/ssh/sshd_config", "Include sshd_config\n");
    EXPECT_EQ(read_sshd_settings(endless.node()).error().cause, v1::Gap::TOO_LARGE);
    NodeTree unclear;
    unclear.file("/etc/ssh/sshd_config", "Include /etc/*/x[1].conf\n");
    EXPECT_EQ(read_sshd_settings(unclear.node()).error().cause, v1::Gap::MALFORMED);
    NodeTree pipe;
    pipe.file("/etc/ssh/sshd_config", "Include x.conf\n").fifo("/etc/ssh/x.conf");
    EXPECT_EQ(read_sshd_settings(pipe.node()).error().cause, v1::Gap::REFUSED);
    EXPECT_EQ(read_sshd_settings(NodeTree().node()).error().cause, v1::Gap::ABSENT);
}

}  // namespace
}  // namespace preflight::probes
