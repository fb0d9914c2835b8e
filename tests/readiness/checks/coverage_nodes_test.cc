#include "readiness/checks/coverage_nodes.h"

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

Upgrade expecting(std::vector<std::string> names) {
    auto upgrade = to("19.3.0");
    upgrade.expected_nodes = std::move(names);
    return upgrade;
}

FleetNode inspected_at(std::string_view time) {
    auto web = node("web1", "");
    *web.inspection.mutable_finished_at() = time_of(time);
    return web;
}

TEST(NodeCoverage, IsReadyWhereEveryNodeReportedLately) {
    EXPECT_THAT(judged(coverage_nodes, whole_fleet(), expecting({"web1.example.test", "10.20.0.41"})),
                ElementsAre(AllOf(says(v1::READY, "reported"),
                                  on(Names{"web1.example.test", "gitaly1.example.test"}))));
}

TEST(NodeCoverage, IsUnknownForStaleInspections) {
    EXPECT_THAT(judged(coverage_nodes, fleet_of({inspected_at("2026-08-20T12:00:00Z")})),
                ElementsAre(says(v1::READY, "reported")));
    EXPECT_THAT(judged(coverage_nodes, fleet_of({inspected_at("2026-08-20T11:59:59Z")})),
                ElementsAre(AllOf(says(v1::UNKNOWN, "stale"), on(Names{"web1"}))));
}

TEST(NodeCoverage, IsUnknownForAnInspectionFromTheFuture) {
    EXPECT_THAT(judged(coverage_nodes, fleet_of({inspected_at("2026-08-21T12:05:00Z")})),
                ElementsAre(says(v1::READY, "reported")));
    EXPECT_THAT(judged(coverage_nodes, fleet_of({inspected_at("2026-08-22T12:00:00Z")})),
                ElementsAre(says(v1::UNKNOWN, "clock")));
    auto web = node("web1", "");
    web.inspection.mutable_finished_at()->set_seconds(INT64_MAX);
    EXPECT_THAT(judged(coverage_nodes, fleet_of({web})), ElementsAre(says(v1::UNKNOWN, "clock")));
}

TEST(NodeCoverage, IsUnknownForNodesThatNeverFinished) {
    EXPECT_THAT(judged(coverage_nodes, fleet_of({silent_node("web1")})),
                ElementsAre(AllOf(says(v1::UNKNOWN, "never_finished"), on(Names{"web1"}))));
}

TEST(NodeCoverage, IsUnknownForExpectedNodesThatNeverReported) {
    EXPECT_THAT(judged(coverage_nodes, whole_fleet(), expecting({"gitaly2"})),
                Contains(AllOf(says(v1::UNKNOWN, "missing"), on(Names{"gitaly2"}))));
    EXPECT_THAT(judged(coverage_nodes, Fleet{}, expecting({"gitaly2"})),
                UnorderedElementsAre(says(v1::UNKNOWN, "missing"), says(v1::UNKNOWN, "none")));
}

TEST(NodeCoverage, NotesAnInspectionInProgress) {
    auto web = node("web1", "");
    web.unfinished = true;
    EXPECT_THAT(judged(coverage_nodes, fleet_of({web})),
                UnorderedElementsAre(says(v1::NOTE, "in_progress"), says(v1::READY, "reported")));
}

}  // namespace
}  // namespace preflight::readiness
