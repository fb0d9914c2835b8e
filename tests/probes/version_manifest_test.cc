#include "probes/version_manifest.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

TEST(VersionManifest, ReadsTheFirstLine) {
    const auto found =
        parse_version_manifest_text("gitlab-ee 19.2.1\n\nComponent   Installed Version\n", "f");
    EXPECT_EQ(found->package, "gitlab-ee");
    EXPECT_EQ(found->version, "19.2.1");
}

TEST(VersionManifest, FallsBackOnTheJson) {
    NodeTree tree;
    tree.file("/opt/gitlab/version-manifest.txt", "torn")
        .file("/opt/gitlab/version-manifest.json",
              R"({"manifest_format": 2, "software": {}, "build_version": "19.2.1"})");
    const auto found = read_version_manifest(tree.node());
    EXPECT_EQ(found->version, "19.2.1");
    EXPECT_EQ(found->path, "/opt/gitlab/version-manifest.json");
}

TEST(VersionManifest, RefusesNonsense) {
    for (const auto* text :
         {"", "gitlab-ee\n", "gitlab-ee nineteen\n", "other 1.0\n", "gitlab-ee 19.2.1 more\n"}) {
        EXPECT_EQ(parse_version_manifest_text(text, "f").error().cause, v1::Gap::MALFORMED) << text;
    }
    for (const auto* text : {"", "{", "[]", "{}",
                             R"({"build_version": 19})"
                             "x",
                             R"({"build_version": "next"})"}) {
        EXPECT_EQ(parse_version_manifest_json(text, "f").error().cause, v1::Gap::MALFORMED) << text;
    }
    EXPECT_EQ(read_version_manifest(NodeTree().node()).error().cause, v1::Gap::ABSENT);
}

}  // namespace
}  // namespace preflight::probes
