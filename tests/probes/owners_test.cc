#include "probes/owners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(Owners, AreNamedByTheNodesOwnFiles) {
    NodeTree tree;
    tree.file("/etc/passwd", "root:x:0:0::/root:/bin/sh\ngit:x:998:997::/var/opt/gitlab:/bin/sh\n")
        .file("/etc/group", "root:x:0:\nwebteam:x:997:git\n");
    const Owners owners(tree.node());
    EXPECT_EQ(owners.user(998), "git");
    EXPECT_EQ(owners.group(997), "webteam");
    EXPECT_EQ(owners.user(1234), "uid 1234");
    EXPECT_EQ(owners.group(1234), "gid 1234");
}

TEST(Owners, StayNumbersWithoutTheFiles) {
    const Owners owners(NodeTree().node());
    EXPECT_EQ(owners.user(0), "uid 0");
    EXPECT_EQ(owners.group(0), "gid 0");
}

TEST(Owners, PassOverLinesThatAreNone) {
    EXPECT_THAT(
        parse_names(
            "+::::::\n:x:1:\nnobody\na:x:\nb:x:-1:\nc:x:99999999999:\nd:x:7x:\ne:x:5:5\nf:x:5:\n\xFF:x:6:\n"),
        ElementsAre(Pair(5U, "e")));
    EXPECT_THAT(parse_names(""), IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
