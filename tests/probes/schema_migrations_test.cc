#include "probes/schema_migrations.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Versions = std::set<std::string>;

TEST(SchemaMigrations, OnDiskAndAppliedAreNeitherPendingNorUnknown) {
    const auto said =
        compare_migrations({{"20260101000000"}, {"20260102000000"}}, {"20260101000000", "20260102000000"});
    EXPECT_EQ(said.pending(), 0U);
    EXPECT_EQ(said.unknown(), 0U);
    EXPECT_EQ(said.newest_file(), "20260102000000");
    EXPECT_EQ(said.newest_applied(), "20260102000000");
}

TEST(SchemaMigrations, OfADatabaseThatIsNewerThanTheNodeAreUnknown) {
    const auto said =
        compare_migrations({{"20260101000000"}, {}}, {"20250101000000", "20260101000000", "20260201000000"});
    EXPECT_THAT(said.unknown_versions(), ElementsAre("20260201000000"));
}

TEST(SchemaMigrations, OfAnEmptyDatabaseAreAllPending) {
    const auto said = compare_migrations({{"20260101000000"}, {"20260102000000"}}, {});
    EXPECT_EQ(said.pending(), 2U);
    EXPECT_EQ(said.pending_post_deploy(), 1U);
    EXPECT_EQ(said.newest_applied(), "");
}

TEST(SchemaMigrations, ListsTheFirstOfManyAndCountsAll) {
    MigrationFiles files;
    for (int i = 0; i < 200; ++i) files.migrate.insert(std::to_string(20260101000000 + i));
    const auto said = compare_migrations(files, {});
    EXPECT_EQ(said.pending(), 200U);
    EXPECT_THAT(said.pending_versions(), SizeIs(50));
    Versions applied;
    for (int i = 0; i < 200; ++i) applied.insert(std::to_string(20270101000000 + i));
    const auto newer = compare_migrations(files, applied);
    EXPECT_EQ(newer.unknown(), 200U);
    EXPECT_EQ(*newer.unknown_versions().rbegin(), "20270101000199");
}

TEST(SchemaMigrations, OfGeosTrackingDatabaseLieElsewhere) {
    NodeTree tree;
    const std::string rails = "/opt/gitlab/embedded/service/gitlab-rails/";
    tree.file(rails + "db/migrate/20260101000000_main.rb", "").directory(rails + "db/post_migrate");
    tree.file(rails + "ee/db/geo/migrate/20260102000000_geo.rb", "")
        .directory(rails + "ee/db/geo/post_migrate");
    const auto node = tree.node();
    EXPECT_THAT(list_migrations(node, "main").value().migrate, ElementsAre("20260101000000"));
    EXPECT_THAT(list_migrations(node, "geo").value().migrate, ElementsAre("20260102000000"));
}

TEST(SchemaMigrations, TakesNoOtherFileForOne) {
    NodeTree tree;
    const std::string folder = "/opt/gitlab/embedded/service/gitlab-rails/db/";
    tree.file(folder + "migrate/2026_short.rb", "").file(folder + "migrate/20260101000000_no_ruby.sql", "");
    tree.directory(folder + "post_migrate");
    EXPECT_THAT(list_migrations(tree.node(), "main").value().migrate, IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
