#include "probes/disk_needs.h"

#include "tests/probes/finding_texts.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/unprivileged.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<v1::DiskNeed> needs(const Found& found) {
    return all(found, &v1::Finding::has_disk_need, &v1::Finding::disk_need);
}

Texts texts(const Found& found) {
    Texts shown;
    for (const auto& one : needs(found))
        shown.push_back(one.step() + " " + one.path() + " " + std::to_string(one.need_bytes()));
    return shown;
}

NodeTree& with_postgresql(NodeTree& tree) {
    return tree.link("/opt/gitlab/service/postgresql", "/opt/gitlab/sv/postgresql")
        .directory("/var/cache/apt")
        .file("/var/opt/gitlab/postgresql/data/PG_VERSION", "17\n")
        .file("/var/opt/gitlab/postgresql/data/base/1/2", std::string(897, 'x'))
        .link("/var/opt/gitlab/postgresql/data/pg_tblspc/3", "/srv");
}

TEST(DiskNeeds, AreThoseOfThePackageAndOfPostgresql) {
    NodeTree tree;
    with_postgresql(tree);
    const auto found = tree.look(disk_needs, Machine::live);
    EXPECT_THAT(texts(found), ElementsAre("package /opt/gitlab 0", "download /var/cache/apt 0",
                                          "postgresql_upgrade /var/opt/gitlab/postgresql/data 1000"));
    for (const auto& one : needs(found)) {
        EXPECT_TRUE(one.have_known());
        EXPECT_GT(one.have_bytes(), 0u);
        EXPECT_EQ(one.terms().empty(), one.need_bytes() == 0);
    }
}

TEST(DiskNeeds, AreKnownInATreeButNotWhatIsThere) {
    NodeTree tree;
    with_postgresql(tree);
    const auto found = tree.look(disk_needs);
    EXPECT_EQ(needs(found).size(), 3u);
    EXPECT_FALSE(needs(found).front().have_known());
    EXPECT_THAT(found, Contains(gap(v1::Gap::NOT_LIVE, "/opt/gitlab")));
}

TEST(DiskNeeds, DoNotCountAPostgresqlThatDoesNotRunHere) {
    NodeTree tree;
    tree.link("/opt/gitlab/service/puma", "/opt/gitlab/sv/puma")
        .file("/var/opt/gitlab/postgresql/data/PG_VERSION", "17\n");
    EXPECT_THAT(texts(tree.look(disk_needs, Machine::live)), ElementsAre("package /opt/gitlab 0"));
}

TEST(DiskNeeds, SayThatDataCannotBeAddedUp) {
    NodeTree tree;
    with_postgresql(tree).file("/var/opt/gitlab/postgresql/data/closed/1", "x");
    std::filesystem::permissions(tree.root() / "var/opt/gitlab/postgresql/data/closed",
                                 std::filesystem::perms::none);
    {
        const Unprivileged nobody(tree);
        EXPECT_THAT(tree.look(disk_needs, Machine::live),
                    Contains(gap(v1::Gap::DENIED, "/var/opt/gitlab/postgresql/data/closed")));
    }
    NodeTree deep;
    std::string path = "/var/opt/gitlab/postgresql/data";
    for (int at = 0; at < 12; ++at) path += "/x";
    with_postgresql(deep).file(path, "x");
    EXPECT_THAT(deep.look(disk_needs, Machine::live), Contains(gap(v1::Gap::TOO_LARGE)));
}

TEST(DiskNeeds, SayThatDataCannotBeSeen) {
    NodeTree tree;
    const auto folder = with_postgresql(tree).root() / "var/opt/gitlab/postgresql";
    std::filesystem::permissions(folder, std::filesystem::perms::none);
    Found found;
    {
        const Unprivileged nobody(tree);
        found = tree.look(disk_needs, Machine::live);
    }
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    EXPECT_THAT(found, Contains(gap(v1::Gap::DENIED, "/var/opt/gitlab/postgresql/data")));
}

TEST(DiskNeeds, AreNotReckonedWithoutThePackage) { EXPECT_THAT(NodeTree().look(disk_needs), IsEmpty()); }

}  // namespace
}  // namespace preflight::probes
