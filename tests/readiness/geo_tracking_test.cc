#include "readiness/checks/geo_sites.h"
#include "readiness/checks/migrations_schema.h"
#include "tests/readiness/geo_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;

// Of the copy as its own tracking database tells it; the primary and its status of the copy are in order.
std::vector<v1::Verdict> tracked(const std::string& findings) {
    return judged(geo_sites, sites(primary() + secondary(), findings));
}

TEST(GeoTracking, BlockASiteThatByItsOwnWordsNeverProcessedAnEvent) {
    const auto verdicts = tracked(tracking("cursor_event_id: 0"));
    ASSERT_THAT(verdicts,
                of_copy(AllOf(says(v1::BLOCKER, "no_cursor"), mentions("by its tracking database"))));
    EXPECT_EQ(verdicts[1].evidence(0).node(), "geo1");
    EXPECT_EQ(verdicts[1].evidence(0).what(), "tracking database geo: last event processed 0, newest 500");
    EXPECT_THAT(tracked(tracking("cursor_event_id: 0 last_event_id: 0")),
                ElementsAre(says(v1::READY, "in_order"), says(v1::READY, "in_order")))
        << "there was no event yet";
}

TEST(GeoTracking, WarnOfASiteThatByItsOwnWordsIsNotWhole) {
    EXPECT_THAT(tracked(tracking("last_event_id: 10501")),
                of_copy(AllOf(says(v1::WARNING, "events_behind"), mentions("10001 events behind"))));
    EXPECT_THAT(tracked(tracking("last_event_id: 10500")),
                ElementsAre(says(v1::READY, "in_order"), says(v1::READY, "in_order")));
    EXPECT_THAT(
        tracked(tracking("registries { name: 'lfs_object_registry' counted: true pending: 2 started: 1 "
                         "failed: 7 verification_failed: 4 }")),
        of_copy(AllOf(says(v1::WARNING, "incomplete"),
                      mentions("lfs_object_registry 3 to be copied, 7 failed, 4 not verified"))));
    EXPECT_THAT(tracked(tracking("registries { name: 'job_artifact_registry' rows: 90000000 }")),
                of_copy(AllOf(says(v1::NOTE, "uncounted"), mentions("job_artifact_registry"))));
}

TEST(GeoTracking, AreUnknownWhereTheCopyWasNotHeardItself) {
    EXPECT_THAT(tracked(gap("postgres", "cause: TIMED_OUT")),
                of_copy(AllOf(says(v1::UNKNOWN, "tracking_unseen"), on(std::vector<std::string>{"geo1"}))));
    const auto web = node("web1", ran({"postgres"}) + geo_role("PRIMARY", "main") + primary() + secondary());
    EXPECT_THAT(judged(geo_sites, fleet_of({web})), of_copy(says(v1::UNKNOWN, "tracking_unseen")))
        << "no node of the copy has an agent";
    EXPECT_THAT(tracked(tracking("denied: 'event_log_states'")),
                of_copy(says(v1::UNKNOWN, "tracking_denied")));
    EXPECT_THAT(tracked("findings { probe: 'postgres' geo_tracking { database: 'geo' last_event_id: 5 "
                        "registries { counted: true } } } "),
                of_copy(AllOf(says(v1::UNKNOWN, "tracking_unseen"), mentions("which events"))));
    EXPECT_THAT(tracked("findings { probe: 'postgres' geo_tracking { database: 'geo' last_event_id: 5 "
                        "cursor_event_id: 5 } } "),
                of_copy(AllOf(says(v1::UNKNOWN, "tracking_unseen"), mentions("what of its data"))));
    expect_no_loss_is_green(geo_sites, sites(primary() + secondary()), [](const v1::Finding& finding) {
        return finding.has_geo_tracking() || finding.has_schema_migrations();
    });
}

// What is left of them is for the check of the migrations of every database.
TEST(GeoTracking, AreUnknownWhereTheirMigrationsWereNotCompared) {
    auto fleet = sites(primary() + secondary());
    fleet.nodes[1] = copy_node(tracking(), "geo1", "");
    EXPECT_THAT(judged(geo_sites, fleet),
                of_copy(AllOf(says(v1::UNKNOWN, "tracking_unseen"), mentions("every migration"))));
    fleet.nodes[1] = copy_node(
        tracking(), "geo1",
        "findings { probe: 'postgres' schema_migrations { database: 'geo' files: 9 pending: 2 } } ");
    EXPECT_THAT(judged(geo_sites, fleet),
                ElementsAre(says(v1::READY, "in_order"), says(v1::READY, "in_order")));
    constexpr auto* told_by_the_other_check = "pending";
    EXPECT_THAT(judged(migrations_schema, fleet), Contains(says(v1::BLOCKER, told_by_the_other_check)));
}

TEST(GeoTracking, GoByTheLatestLookAtATrackingDatabase) {
    const auto older =
        "findings { probe: 'postgres' taken_at {at 2026-08-21T09:00:00Z} geo_tracking { database: "
        "'geo' cursor_event_id: 0 last_event_id: 9 } } ";
    auto fleet = sites(primary() + secondary());
    fleet.nodes.push_back(copy_node(older, "geo2"));
    EXPECT_THAT(judged(geo_sites, fleet),
                ElementsAre(says(v1::READY, "in_order"), says(v1::READY, "in_order")));
}

// GitLab takes the address for the name where none is given, and writes some with a slash at the end.
TEST(GeoTracking, KnowTheTrackingDatabaseOfTheOnlySecondaryWithoutItsName) {
    const auto with_name = [](std::string_view name) {
        auto copy = node("geo1", roles("RAILS") + geo_role("SECONDARY", name) +
                                     tracking("cursor_event_id: 0") + std::string(geo_migrations));
        return judged(geo_sites,
                      fleet_of({node("web1", roles("RAILS") + ran({"postgres"}) +
                                                 geo_role("PRIMARY", "main") + primary() + secondary()),
                                copy}));
    };
    EXPECT_THAT(with_name(""), Contains(says(v1::BLOCKER, "no_cursor")));
    EXPECT_THAT(with_name("copy/"), Contains(says(v1::BLOCKER, "no_cursor")));
    EXPECT_THAT(with_name("elsewhere"), Contains(says(v1::UNKNOWN, "tracking_unseen")));
}

}  // namespace
}  // namespace preflight::readiness
