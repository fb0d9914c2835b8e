#include "readiness/checks/praefect_state.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr std::string_view replicas =
    "replicas { storage: 'gitaly-1' healthy: true } replicas { storage: 'gitaly-2' healthy: true } ";

std::string praefect(std::string_view more) {
    return roles("PRAEFECT") + ran({"postgres"}) +
           "findings { probe: 'endpoints' praefect_virtual_storage { name: 'default' nodes { storage: "
           "'gitaly-1' } "
           "nodes { storage: 'gitaly-2' } } } "
           "findings { probe: 'postgres' source: 'db:5432' praefect_state { virtual_storage: 'default' "
           "repositories: 120 " +
           std::string(more) + " } } ";
}

std::vector<v1::Verdict> of(const std::string& more, int nodes = 1) {
    Fleet fleet;
    for (int at = 1; at <= nodes; ++at)
        fleet.nodes.push_back(node("praefect" + std::to_string(at), praefect(more)));
    return judged(praefect_state, fleet);
}

std::string whole(std::string_view more = "") {
    return std::string(replicas) + "praefects: ['p1', 'p2', 'p3'] " + std::string(more);
}

TEST(PraefectState, IsReadyWhereAllIsWhole) {
    EXPECT_THAT(of(whole("queue { key: 'completed' value: 4 }"), 3), ElementsAre(says(v1::READY, "whole")));
    expect_no_loss_is_green(praefect_state, fleet_of({node("p1", praefect(whole()))}),
                            [](const v1::Finding& finding) { return finding.has_praefect_state(); });
}

TEST(PraefectState, BlocksRepositoriesThatNobodyServes) {
    EXPECT_THAT(of(whole("unavailable: 2")), ElementsAre(says(v1::BLOCKER, "unavailable")));
}

TEST(PraefectState, BlocksAnUnhealthyReplica) {
    EXPECT_THAT(
        of("replicas { storage: 'gitaly-1' healthy: true } replicas { storage: 'gitaly-2' } praefects: 'p1'"),
        ElementsAre(says(v1::BLOCKER, "unhealthy")));
}

TEST(PraefectState, SaysWhenAnUnhealthyReplicaWasSeenLast) {
    const auto text = [](std::string_view seen) {
        return of("replicas { storage: 'gitaly-1' healthy: true } replicas { storage: 'gitaly-2' " +
                  std::string(seen) + "} praefects: 'p1'")
            .at(0)
            .evidence(0)
            .what();
    };
    EXPECT_EQ(text("last_seen_at {at 2026-08-21T10:50:00Z} "),
              "default: gitaly-2, last seen 2026-08-21T10:50:00Z");
    EXPECT_EQ(text(""), "default: gitaly-2, never seen");
}

TEST(PraefectState, NotesReplicasThatWereNeverVerified) {
    const auto verdicts =
        of("replicas { storage: 'gitaly-1' healthy: true unverified: 7 } "
           "replicas { storage: 'gitaly-2' healthy: true } praefects: 'p1'");
    ASSERT_THAT(verdicts, ElementsAre(says(v1::NOTE, "unverified")));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "default: gitaly-1: 7 repositories");
}

TEST(PraefectState, CountsThePraefectsThatAreAtWork) {
    const std::string two = std::string(replicas) + "praefects: ['p1', 'p2'] ";
    EXPECT_THAT(of(two, 3), ElementsAre(says(v1::WARNING, "praefect_silent")));
    EXPECT_THAT(of(two, 4), ElementsAre(says(v1::BLOCKER, "no_quorum")));
    EXPECT_THAT(of(std::string(replicas)), ElementsAre(says(v1::BLOCKER, "no_quorum")));
}

TEST(PraefectState, WarnsOfOutdatedReplicasAndFailedJobs) {
    EXPECT_THAT(of("replicas { storage: 'gitaly-1' healthy: true outdated: 18446744073709551615 } "
                   "replicas { storage: 'gitaly-2' healthy: true } praefects: 'p1'"),
                ElementsAre(says(v1::WARNING, "outdated")));
    EXPECT_THAT(of(whole("queue { key: 'dead' value: 3 } queue { key: 'failed' value: 1 }")),
                ElementsAre(says(v1::WARNING, "jobs_failed")));
}

TEST(PraefectState, IsUnknownWherePartsWereNotTold) {
    EXPECT_THAT(of(whole("denied: 'unavailable'")), ElementsAre(says(v1::UNKNOWN, "denied")));
    EXPECT_THAT(of(std::string(replicas) + "denied: 'praefects'"), ElementsAre(says(v1::UNKNOWN, "denied")));
}

TEST(PraefectState, IsUnknownWhereTheDatabaseDidNotAnswer) {
    EXPECT_THAT(of("replicas { storage: 'gitaly-1' healthy: true } praefects: 'p1'"),
                UnorderedElementsAre(says(v1::UNKNOWN, "unseen"), says(v1::READY, "whole")));
    EXPECT_THAT(of("praefects: 'p1'"), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(praefect_state, fleet_of({node("p1", roles("PRAEFECT"))})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(praefect_state, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(PraefectState, DoesNotApplyWithoutPraefect) {
    EXPECT_THAT(judged(praefect_state, fleet_of({node("web1", roles("RAILS"))})),
                ElementsAre(says(v1::NOT_APPLICABLE, "unused")));
}

}  // namespace
}  // namespace preflight::readiness
