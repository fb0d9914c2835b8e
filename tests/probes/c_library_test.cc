#include "probes/c_library.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

TEST(CLibrary, TakesTheVersionOfThePackage) {
    NodeTree tree;
    tree.link("/lib64/libc.so.6", "libc-2.17.so");
    const DpkgPackage package{.name = "libc6", .version = "2.36-9+deb12u4"};
    EXPECT_EQ(read_c_library(tree.node(), package)->version, "2.36");
}

TEST(CLibrary, ReadsTheNameThatTheLinkLeadsTo) {
    NodeTree tree;
    tree.link("/lib64/libc.so.6", "libc-2.17.so");
    EXPECT_EQ(read_c_library(tree.node(), std::nullopt)->version, "2.17");
}

TEST(CLibrary, ReadsTheTextWithinTheLibrary) {
    NodeTree tree;
    tree.file("/usr/lib64/libc.so.6", std::string(100'000, '\0') +
                                          "GNU C Library (GNU libc) stable release version 2.34.\nCopyright" +
                                          '\0');
    EXPECT_EQ(read_c_library(tree.node(), std::nullopt)->version, "2.34");
}

TEST(CLibrary, SaysSoWhenThereIsNone) {
    EXPECT_EQ(read_c_library(NodeTree().node(), std::nullopt).error().cause, v1::Gap::ABSENT);
}

TEST(CLibrary, InventsNoVersion) {
    EXPECT_EQ(upstream_version("nonsense"), "");
    EXPECT_EQ(upstream_version("1:2.35-0ubuntu3.8"), "2.35");
    EXPECT_EQ(version_in_file_name("libc.so"), std::nullopt);
    EXPECT_EQ(version_in_file_name("libc-x.so"), std::nullopt);
    EXPECT_EQ(version_in_library("GNU C Library release version ..."), std::nullopt);
    EXPECT_EQ(version_in_library("release version 2.36"), std::nullopt);
    NodeTree tree;
    tree.file("/lib64/libc.so.6", "no library at all");
    EXPECT_EQ(read_c_library(tree.node(), std::nullopt).error().cause, v1::Gap::MALFORMED);
}

}  // namespace
}  // namespace preflight::probes
