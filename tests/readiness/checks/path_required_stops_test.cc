#include "readiness/checks/path_required_stops.h"

#include "tests/readiness/losses.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

Fleet running(std::string_view version) { return fleet_of({node("web1", installed(version))}); }

TEST(RequiredStops, AreNoneBetweenAStopAndTheNextVersion) {
    EXPECT_THAT(judged(path_required_stops, running("19.2.4")),
                ElementsAre(AllOf(says(v1::READY, "direct"), mentions("19.2.4 → 19.3.0"))));
}

TEST(RequiredStops, AreListedInOrder) {
    EXPECT_THAT(judged(path_required_stops, running("18.11.9")),
                ElementsAre(AllOf(says(v1::NOTE, "stops"),
                                  mentions("1 stop before the target: 18.11.9 → 19.2.4 → 19.3.0"))));
}

TEST(RequiredStops, NameTheConditionOfThoseThatMayBeSpared) {
    EXPECT_THAT(judged(path_required_stops, running("17.0.8"), to("17.3.7")),
                ElementsAre(says(v1::NOTE, "stops"),
                            AllOf(says(v1::NOTE, "conditional"), mentions("ci_pipeline_messages"))));
}

// A node that read the database: the table of pipeline messages has as many rows.
Fleet with_messages(std::string_view rows) {
    return fleet_of(
        {node("web1", installed("17.0.8") + roles("RAILS") + ran({"postgres"}) +
                          "findings { probe: 'postgres' source: 'main' table_estimate { database: 'main' "
                          "table: 'ci_pipeline_messages' rows: " +
                          std::string(rows) + " } }")});
}

TEST(RequiredStops, AreDroppedWhereTheirConditionIsProvedNotToHold) {
    const auto verdicts = judged(path_required_stops, with_messages("20"), to("17.3.7"));
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::READY, "direct"), mentions("17.0.8 → 17.3.7")),
                                      AllOf(says(v1::NOTE, "dropped"), mentions("stop 17.1.8 is left out"))));
    EXPECT_EQ(verdicts[1].evidence(0).node(), "web1");
    EXPECT_EQ(verdicts[1].evidence(0).what(), "ci_pipeline_messages has about 20 rows");
    EXPECT_TRUE(verdicts[1].nodes().empty()) << "it is of the instance";
}

TEST(RequiredStops, AreKeptWhereTheirConditionHoldsOrIsOpen) {
    const auto needed = judged(path_required_stops, with_messages("2000000"), to("17.3.7"));
    ASSERT_THAT(needed, ElementsAre(AllOf(says(v1::NOTE, "stops"), mentions("17.1.8 (conditional) → 17.3.7")),
                                    AllOf(says(v1::NOTE, "needed"), mentions("stop 17.1.8 is needed here"))));
    EXPECT_EQ(needed[1].evidence(0).what(), "ci_pipeline_messages has about 2000000 rows");
    const auto open = judged(path_required_stops, with_messages("20 never_analysed: true"), to("17.3.7"));
    EXPECT_THAT(open, ElementsAre(says(v1::NOTE, "stops"), says(v1::NOTE, "conditional")));
}

TEST(RequiredStops, BeginAtTheLowestVersionThatRuns) {
    const auto fleet = fleet_of({node("a", installed("19.2.4")), node("b", installed("18.11.9"))});
    EXPECT_THAT(judged(path_required_stops, fleet), ElementsAre(mentions("18.11.9 → 19.2.4")));
}

TEST(RequiredStops, RefuseADowngradeOfAnyNode) {
    EXPECT_THAT(judged(path_required_stops, running("19.3.0"), to("19.2.4")),
                ElementsAre(AllOf(says(v1::BLOCKER, "downgrade"), on(Names{"web1"}))));
    const auto fleet = fleet_of({node("a", installed("19.1.0")), node("b", installed("19.3.0"))});
    EXPECT_THAT(judged(path_required_stops, fleet, to("19.2.4")),
                Contains(AllOf(says(v1::BLOCKER, "downgrade"), on(Names{"b"}))));
}

TEST(RequiredStops, AreReadyWhereTheTargetRunsAlready) {
    EXPECT_THAT(judged(path_required_stops, running("19.3.0")),
                ElementsAre(says(v1::READY, "already_there")));
}

TEST(RequiredStops, AreUnknownForAPatchThatTheKnowledgeDoesNotHave) {
    EXPECT_THAT(
        judged(path_required_stops, running("19.2.4"), to("19.3.7")),
        ElementsAre(AllOf(says(v1::UNKNOWN, "beyond_patch"), mentions("newest patch it has is 19.3.0"))));
    EXPECT_THAT(judged(path_required_stops, running("18.11.9"), to("19.3.7")),
                ElementsAre(says(v1::NOTE, "stops"), says(v1::UNKNOWN, "beyond_patch")));
}

TEST(RequiredStops, RefuseAPatchThatWasNeverReleased) {
    EXPECT_THAT(judged(path_required_stops, running("18.11.11"), to("19.0.7")),
                ElementsAre(AllOf(says(v1::BLOCKER, "never_released"),
                                  mentions("GitLab 19.0.7 was never released; the newest patch of GitLab "
                                           "19.0 is 19.0.8"))));
}

TEST(RequiredStops, WarnOfATargetThatMayNotServeAsAStop) {
    EXPECT_THAT(judged(path_required_stops, running("19.1.6"), to("19.2.0")),
                ElementsAre(says(v1::READY, "direct"),
                            AllOf(says(v1::WARNING, "unfit_patch"), mentions("19.2.1 is the lowest"))));
    EXPECT_THAT(judged(path_required_stops, running("19.1.6"), to("19.2.1")),
                ElementsAre(says(v1::READY, "direct")));
}

TEST(RequiredStops, AreUnknownPastTheKnowledge) {
    EXPECT_THAT(judged(path_required_stops, running("19.3.0"), to("19.4.0")),
                ElementsAre(says(v1::UNKNOWN, "beyond_knowledge")));
    EXPECT_THAT(judged(path_required_stops, running("7.14.3")),
                ElementsAre(says(v1::UNKNOWN, "below_knowledge")));
    EXPECT_THAT(judged(path_required_stops, running("18.0.0"), to("18.12.0")),
                ElementsAre(says(v1::UNKNOWN, "no_such_release")));
}

TEST(RequiredStops, AreUnknownWithoutAVersion) {
    EXPECT_THAT(judged(path_required_stops, Fleet{}), ElementsAre(says(v1::UNKNOWN, "version_unseen")));
    EXPECT_THAT(judged(path_required_stops, running("nonsense")),
                ElementsAre(AllOf(says(v1::UNKNOWN, "version_unseen"), on(Names{"web1"}))));
}

Upgrade to_edition(v1::Edition edition) {
    auto upgrade = to("19.3.0");
    upgrade.edition = edition;
    return upgrade;
}

TEST(RequiredStops, SayWhatAChangeOfTheEditionTakes) {
    const auto community = fleet_of({node("web1", installed("19.2.4", "edition: CE"))});
    EXPECT_THAT(
        judged(path_required_stops, community, to_edition(v1::EE)),
        ElementsAre(AllOf(says(v1::NOTE, "edition_change"), on(Names{"web1"})), says(v1::READY, "direct")));
    EXPECT_THAT(judged(path_required_stops, community, to_edition(v1::CE)),
                ElementsAre(says(v1::READY, "direct")));
    EXPECT_THAT(judged(path_required_stops, running("19.2.4"), to_edition(v1::EE)),
                ElementsAre(says(v1::READY, "direct")));
    EXPECT_THAT(judged(path_required_stops, running("19.2.4"), to_edition(v1::CE)),
                Contains(AllOf(says(v1::BLOCKER, "edition_back"), on(Names{"web1"}))));
}

}  // namespace
}  // namespace preflight::readiness
