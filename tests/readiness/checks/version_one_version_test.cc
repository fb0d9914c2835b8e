#include "readiness/checks/version_one_version.h"

#include "tests/readiness/fleet_builder.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

TEST(OneVersion, IsReadyWhereAllNodesRunTheSame) {
    const auto fleet =
        fleet_of({node("a", installed("19.2.4")), node("b", installed("19.2.4")),
                  node("lb", "findings { probe: 'installation' installation { method: NONE } }")});
    EXPECT_THAT(judged(version_one_version, fleet),
                ElementsAre(AllOf(says(v1::READY, "one"), on(Names{"a", "b"}), mentions("19.2.4-ee"))));
}

TEST(OneVersion, BlocksTheNodesBelowTheNewestVersion) {
    const auto fleet = fleet_of(
        {node("a", installed("19.2.4")), node("b", installed("19.2.1")), node("c", installed("19.2.4"))});
    const auto verdicts = judged(version_one_version, fleet);
    EXPECT_THAT(verdicts, ElementsAre(AllOf(says(v1::BLOCKER, "mixed"), on(Names{"b"}),
                                            mentions("19.2.1-ee on 1 node, 19.2.4-ee on 2 nodes"))));
    EXPECT_EQ(verdicts[0].evidence_size(), 3);
}

// The way leads up, even where only one node is ahead.
TEST(OneVersion, NeverAdvisesADowngradeToTheVersionOfMost) {
    const auto fleet = fleet_of(
        {node("a", installed("19.2.1")), node("b", installed("19.2.4")), node("c", installed("19.2.1"))});
    EXPECT_THAT(
        judged(version_one_version, fleet),
        ElementsAre(AllOf(says(v1::BLOCKER, "mixed"), on(Names{"a", "c"}), mentions("newest is 19.2.4"))));
}

TEST(OneVersion, TellsEditionsApart) {
    const auto fleet =
        fleet_of({node("a", installed("19.2.4")), node("b", installed("19.2.4", "edition: CE"))});
    EXPECT_THAT(judged(version_one_version, fleet),
                ElementsAre(AllOf(says(v1::BLOCKER, "mixed_editions"), mentions("19.2.4-ce on 1 node"))));
}

TEST(OneVersion, IsUnknownForNodesThatCouldNotBeSeen) {
    const auto fleet = fleet_of({node("a", installed("19.2.4")),
                                 node("b", gap("installation", "cause: DENIED detail: 'no right to read'")),
                                 node("c", installed("")), silent_node("d")});
    EXPECT_THAT(judged(version_one_version, fleet),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"b", "c", "d"}))));
}

TEST(OneVersion, IsUnknownWithoutAnEdition) {
    const auto fleet = fleet_of({node("a", installed("19.2.4")), node("b", installed("19.2.4", ""))});
    EXPECT_THAT(judged(version_one_version, fleet),
                ElementsAre(AllOf(says(v1::UNKNOWN, "edition_unseen"), on(Names{"b"}))));
}

TEST(OneVersion, IsUnknownWithoutAnyGitLab) {
    EXPECT_THAT(judged(version_one_version, Fleet{}), ElementsAre(says(v1::UNKNOWN, "no_gitlab")));
}

}  // namespace
}  // namespace preflight::readiness
