#include "readiness/checks/migrations_background.h"

#include "readiness/acceptances.h"
#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const std::string schema = "findings { probe: 'postgres' schema_migrations { database: 'main' files: 1 } } ";

std::string migration(std::string_view fields, std::string_view taken_at = "2026-08-21T11:00:00Z") {
    return "findings { probe: 'postgres' taken_at {at " + std::string(taken_at) +
           "} background_migration { database: 'main' id: 7 job: 'BackfillThings' table: 'things' column: "
           "'id' " +
           std::string(fields) + " } } ";
}

FleetNode web(const std::string& findings, std::string_view name = "web1") {
    return node(name, roles("RAILS") + ran({"postgres"}) + schema + findings);
}

std::vector<v1::Verdict> of(const std::string& findings) {
    return judged(migrations_background, fleet_of({web(findings)}));
}

TEST(BackgroundMigrations, AreReadyWhereNoneIsUnfinished) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::READY, "finished")));
    expect_no_loss_is_green(migrations_background, fleet_of({web("")}), but_roles);
}

TEST(BackgroundMigrations, TellWhenTheyWillHaveFinished) {
    const auto verdicts =
        of(migration("status: ACTIVE total_rows: 11000 done_rows: 1000 rows_per_hour: 1000"));
    ASSERT_THAT(
        verdicts,
        ElementsAre(AllOf(says(v1::WARNING, "running"),
                          mentions("BackfillThings on things.id (database main) will have finished in about "
                                   "10 hours at its present rate"))));
    EXPECT_EQ(verdicts[0].evidence(0).what(),
              "row 7 of batched_background_migrations, 1000 of about 11000 rows done");
    EXPECT_TRUE(verdicts[0].nodes().empty()) << "it is of the instance";
    EXPECT_THAT(of(migration("status: FINALIZING total_rows: 1100 done_rows: 1000 rows_per_hour: 1000")),
                ElementsAre(mentions("in less than an hour")));
    EXPECT_THAT(of(migration("status: ACTIVE total_rows: 100000 rows_per_hour: 1000")),
                ElementsAre(mentions("in about 5 days")));
}

TEST(BackgroundMigrations, GiveNoTimeWhereTheEstimateDoesNotHold) {
    EXPECT_THAT(of(migration("status: ACTIVE total_rows: 1000 done_rows: 2000 rows_per_hour: 1000")),
                ElementsAre(AllOf(says(v1::WARNING, "running"), mentions("at its end"))));
    EXPECT_THAT(of(migration("status: ACTIVE done_rows: 2000 rows_per_hour: 1000")),
                ElementsAre(AllOf(says(v1::WARNING, "running"), mentions("not estimated"))));
}

TEST(BackgroundMigrations, BlockWhereTheyNeverEnd) {
    EXPECT_THAT(of(migration("status: FAILED")), ElementsAre(says(v1::BLOCKER, "failed")));
    EXPECT_THAT(of(migration("status: PAUSED")), ElementsAre(says(v1::BLOCKER, "paused")));
    EXPECT_THAT(
        of(migration("status: ACTIVE rows_per_hour: 9 failed_jobs: 2")),
        ElementsAre(AllOf(says(v1::BLOCKER, "failed_jobs"), mentions("2 jobs that failed for good"))));
    EXPECT_THAT(of(migration("status: ACTIVE created_at {at 2026-08-01T00:00:00Z}")),
                ElementsAre(says(v1::BLOCKER, "no_progress")));
    EXPECT_THAT(of(migration("status: ACTIVE")), ElementsAre(says(v1::BLOCKER, "no_progress")));
}

TEST(BackgroundMigrations, AreAWarningWhileTheyWaitForTheirTurn) {
    EXPECT_THAT(of(migration("status: ACTIVE created_at {at 2026-08-21T10:00:00Z}")),
                ElementsAre(says(v1::WARNING, "queued")));
    EXPECT_THAT(of(migration("status: ACTIVE created_at {at 2027-08-21T10:00:00Z}")),
                ElementsAre(says(v1::BLOCKER, "no_progress")))
        << "a time that is to come proves nothing";
}

TEST(BackgroundMigrations, GiveNoTimeWhileTheyAreOnHold) {
    const std::string moving = "status: ACTIVE total_rows: 11000 done_rows: 1000 rows_per_hour: 1000 ";
    EXPECT_THAT(of(migration(moving + "on_hold_until {at 2026-08-21T12:08:00Z}")),
                ElementsAre(AllOf(says(v1::WARNING, "on_hold"), mentions("until 2026-08-21T12:08:00Z"),
                                  ::testing::Not(mentions("at its present rate")))));
    EXPECT_THAT(of(migration(moving + "on_hold_until {at 2026-08-22T12:00:01Z}")),
                ElementsAre(AllOf(says(v1::BLOCKER, "held"), mentions("does not go on before"))));
    EXPECT_THAT(of(migration(moving + "on_hold_until {at 2026-08-21T12:00:00Z}")),
                ElementsAre(says(v1::WARNING, "running")))
        << "it is over";
    EXPECT_THAT(of(migration("status: FINALIZING total_rows: 11000 rows_per_hour: 1000 "
                             "on_hold_until {at 2026-08-23T12:00:00Z}")),
                ElementsAre(says(v1::WARNING, "running")))
        << "no hold keeps one that is being finalized";
    EXPECT_THAT(of(migration("status: ACTIVE on_hold_until {at 2026-08-21T12:08:00Z}")),
                ElementsAre(says(v1::BLOCKER, "no_progress")))
        << "held again and again, it has done nothing for a day";
}

TEST(BackgroundMigrations, GiveNoTimeWhileJobsAreStuck) {
    EXPECT_THAT(
        of(migration("status: ACTIVE total_rows: 11000 done_rows: 1000 rows_per_hour: 1000 stuck_jobs: 2")),
        ElementsAre(AllOf(says(v1::WARNING, "stuck_jobs"), mentions("2 jobs silent for an hour"),
                          ::testing::Not(mentions("at its present rate")))));
    EXPECT_THAT(of(migration("status: ACTIVE stuck_jobs: 2")), ElementsAre(says(v1::BLOCKER, "no_progress")));
}

TEST(BackgroundMigrations, BlockWhereTheirScheduleIsSwitchedOff) {
    const auto gate = [](std::string_view value) {
        return "findings { probe: 'postgres' instance_settings { database: 'main' values { key: 'feature "
               "execute_batched_migrations_on_schedule' value: '" +
               std::string(value) + "' } } } ";
    };
    const auto active = migration("status: ACTIVE total_rows: 2000 rows_per_hour: 1000");
    EXPECT_THAT(of(active + gate("false")),
                UnorderedElementsAre(says(v1::WARNING, "running"), says(v1::BLOCKER, "switched_off")));
    EXPECT_THAT(of(active + gate("true")), ElementsAre(says(v1::WARNING, "running")));
    EXPECT_THAT(of(gate("false")), ElementsAre(says(v1::READY, "finished")));
}

std::string jobs(std::string_view fields, std::string_view taken_at = "2026-08-21T11:00:00Z") {
    return "findings { probe: 'postgres' taken_at {at " + std::string(taken_at) +
           "} tracked_migration_jobs { database: 'main' job: 'MoveThings' " + std::string(fields) + " } } ";
}

// Up to 15.0 they are what a version waits for; later ones keep the rows of some for ever.
TEST(BackgroundMigrations, BlockByJobsOfTheOlderKindWhereTheRunningVersionHasThem) {
    const auto verdicts = of(installed("15.0.5") + jobs("pending: 12"));
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::BLOCKER, "jobs_left"),
                                            mentions("MoveThings (database main) has jobs left"))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "12 rows of background_migration_jobs are pending");
    EXPECT_THAT(of(installed("15.1.0") + jobs("pending: 12")),
                UnorderedElementsAre(says(v1::NOTE, "jobs_old"), says(v1::READY, "finished")));
    EXPECT_THAT(of(jobs("pending: 12")), ElementsAre(says(v1::BLOCKER, "jobs_left")))
        << "of which version they are was not seen";
    EXPECT_THAT(of(installed("14.0.12") + jobs("pending: 0")), ElementsAre(says(v1::READY, "finished")));
}

TEST(BackgroundMigrations, GoByTheNewestLookAtJobsOfTheOlderKind) {
    const auto old = installed("14.9.5");
    EXPECT_THAT(judged(migrations_background,
                       fleet_of({web(old + jobs("pending: 12", "2026-08-21T10:00:00Z")),
                                 web(old + jobs("pending: 0", "2026-08-21T11:00:00Z"), "web2")})),
                ElementsAre(says(v1::READY, "finished")));
}

TEST(BackgroundMigrations, AreUnknownInAStateThatIsNotKnown) {
    EXPECT_THAT(of(migration("status_code: 9")),
                ElementsAre(AllOf(says(v1::UNKNOWN, "status_unknown"), mentions("status code 9"))));
}

TEST(BackgroundMigrations, AreUnknownWhereNoNodeReadTheTable) {
    EXPECT_THAT(judged(migrations_background, fleet_of({node("web1", roles("RAILS"))})),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(std::vector<std::string>{"web1"}))));
    EXPECT_THAT(of(gap("postgres", "cause: DENIED")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(migrations_background, fleet_of({silent_node("a")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(migrations_background, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of(migration("status: FAILED") + gap("postgres", "cause: DENIED")),
                UnorderedElementsAre(says(v1::BLOCKER, "failed"), says(v1::UNKNOWN, "unseen")));
}

TEST(BackgroundMigrations, AreWaivedInTheirOwnDatabaseAlone) {
    const auto digest_in = [](const std::string& database) {
        return evidence_digest(of("findings { probe: 'postgres' background_migration { database: '" +
                                  database + "' id: 7 job: 'BackfillThings' status: PAUSED } } ")
                                   .at(0));
    };
    EXPECT_NE(digest_in("main"), digest_in("ci")) << "each database has a row 7";
}

TEST(BackgroundMigrations, AreSaidOnceHoweverManyNodesSeeThem) {
    const auto fleet = fleet_of({web(migration("status: PAUSED", "2026-08-21T10:00:00Z")),
                                 web(migration("status: FAILED", "2026-08-21T11:00:00Z"), "web2")});
    EXPECT_THAT(judged(migrations_background, fleet), ElementsAre(says(v1::BLOCKER, "failed")))
        << "the newest look counts";
}

// Every node sees the row, and which of them looks last changes with each inspection.
TEST(BackgroundMigrations, AreTheSameToAWaiverWhicheverNodeLookedLast) {
    const auto digest_of = [](const std::string& findings, std::string_view of_first) {
        const auto at = [&](std::string_view time) {
            return findings + "taken_at {at " + std::string(time) + "} } ";
        };
        const auto fleet = fleet_of({web(at(of_first)), web(at("2026-08-21T10:00:00Z"), "web2")});
        return evidence_digest(judged(migrations_background, fleet).at(0));
    };
    const std::string row =
        "findings { probe: 'postgres' background_migration { database: 'main' id: 7 job: 'A' status: PAUSED "
        "} ";
    const std::string jobs_left =
        "findings { probe: 'postgres' tracked_migration_jobs { database: 'main' job: 'A' pending: 2 } ";
    for (const auto& findings : {row, jobs_left})
        EXPECT_EQ(digest_of(findings, "2026-08-21T11:00:00Z"), digest_of(findings, "2026-08-21T09:00:00Z"));
    EXPECT_EQ(of(migration("status: PAUSED")).at(0).evidence(0).node(), "web1") << "and it is shown";
}

TEST(BackgroundMigrations, WithstandHostileNumbers) {
    for (const auto* rate : {"nan", "-1", "-inf", "inf"}) {
        EXPECT_THAT(of(migration("status: ACTIVE total_rows: 9 rows_per_hour: " + std::string(rate))),
                    ElementsAre(says(v1::BLOCKER, "no_progress")))
            << rate;
    }
    EXPECT_THAT(of(migration("status: ACTIVE total_rows: 18446744073709551615 rows_per_hour: 1e-300")),
                ElementsAre(AllOf(says(v1::WARNING, "running"), mentions("more than ten years"))));
    EXPECT_THAT(
        of("findings { background_migration { status: FAILED job: '" + std::string(9000, 'x') + "' } }"),
        SizeIs(1));
}

}  // namespace
}  // namespace preflight::readiness
