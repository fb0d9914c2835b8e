// The plan's wait for background migrations: how long it takes, by what was measured, or why it never ends.
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Of one row; `more` are its fields.
std::string migration(int id, std::string_view more) {
    return "findings { probe: 'postgres' background_migration { database: 'main' id: " + std::to_string(id) +
           " job: 'Job" + std::to_string(id) + "' table: 't' " + std::string(more) + " } } ";
}

const std::string ten_hours =
    migration(1, "status: ACTIVE total_rows: 11000 done_rows: 1000 rows_per_hour: 1000");
const std::string two_days = migration(2, "status: ACTIVE total_rows: 48000 rows_per_hour: 1000");
const std::string read_whole =
    "findings { probe: 'postgres' schema_migrations { database: 'main' files: 1 } } ";

v1::Plan plan_with(const std::string& findings, std::string_view from = "19.2.4") {
    return plan_of(fleet_of({member("gitlab", from, "RAILS, SIDEKIQ, GITALY, POSTGRESQL, REDIS",
                                    runs_postgresql("17.10") + no_geo() + findings)}));
}

v1::PlanStep wait_of(const std::string& findings) {
    return step(plan_with(findings), "19.3.0/finish_background");
}

TEST(PlanBackgroundWait, TakesAsLongAsTheSlowestAtItsMeasuredRate) {
    const auto wait = wait_of(read_whole + ten_hours + two_days);
    EXPECT_EQ(wait.seconds_from(), 48U * 3600);
    EXPECT_EQ(wait.seconds_to(), 48U * 3600);
    EXPECT_THAT(wait.duration_source(), HasSubstr("measured here"));
    EXPECT_THAT(wait.expected(),
                AllOf(HasSubstr("No row is left."),
                      HasSubstr("Job1 on t (database main) will have finished in about 10 hours"),
                      HasSubstr("Job2 on t (database main) will have finished in about 2 days")));
}

TEST(PlanBackgroundWait, HasNoTimeWhereOneHasNone) {
    for (const auto& [of_one, why] :
         {std::pair{"status: PAUSED", "Job3 on t (database main) is paused: it never ends by itself."},
          std::pair{"status: FAILED", "Job3 on t (database main) has failed."},
          std::pair{"status: ACTIVE", "Job3 on t (database main) has done nothing within the last day."},
          std::pair{"status_code: 9", "status code 9"}}) {
        const auto wait = wait_of(read_whole + ten_hours + migration(3, of_one));
        EXPECT_EQ(wait.seconds_to(), 0U) << of_one;
        EXPECT_EQ(wait.duration_source(), "") << of_one;
        EXPECT_THAT(wait.note(), HasSubstr(why));
        EXPECT_THAT(wait.expected(), HasSubstr("Job1 on t")) << "the others are told all the same";
    }
    const auto unestimated = wait_of(read_whole + migration(3, "status: ACTIVE rows_per_hour: 10"));
    EXPECT_EQ(unestimated.seconds_to(), 0U);
    EXPECT_THAT(unestimated.expected(), HasSubstr("how much it has to do is not estimated"));
}

TEST(PlanBackgroundWait, HasNoTimeWhileTheirScheduleIsSwitchedOff) {
    const auto wait =
        wait_of(read_whole + ten_hours +
                "findings { probe: 'postgres' instance_settings { database: 'main' values { key: "
                "'feature execute_batched_migrations_on_schedule' value: 'false' } } } ");
    EXPECT_EQ(wait.seconds_to(), 0U);
    EXPECT_THAT(wait.note(), HasSubstr("None goes on while the feature"));
    EXPECT_THAT(wait.expected(), Not(HasSubstr("will have finished")));
}

TEST(PlanBackgroundWait, SaysWhetherTheDatabaseWasReadWhole) {
    EXPECT_THAT(wait_of(read_whole).note(), HasSubstr("None was unfinished"));
    EXPECT_EQ(wait_of(read_whole).seconds_to(), 0U);
    const auto unseen = wait_of(ten_hours);
    EXPECT_THAT(unseen.note(),
                HasSubstr("Whether others are unfinished, and how long they take, was not seen."));
    EXPECT_EQ(unseen.seconds_to(), 0U) << "one that was not seen may take longer";
}

TEST(PlanBackgroundWait, TellsOfManyTheFirst) {
    std::string many = read_whole;
    for (int id = 1; id <= 7; ++id) many += migration(id, "status: PAUSED");
    EXPECT_THAT(wait_of(many).note(), AllOf(HasSubstr("Job5"), Not(HasSubstr("Job6")), HasSubstr("2 more")));
}

TEST(PlanBackgroundWait, LeavesToAnInspectionWhatTheHopsThemselvesQueue) {
    const auto plan = plan_with(read_whole + ten_hours, "18.11.11");
    EXPECT_THAT(step(plan, "19.2.4/finish_background").expected(), HasSubstr("Job1"));
    EXPECT_THAT(step(plan, "19.2.4/finish_background-2").note(),
                HasSubstr("Which of them GitLab 19.2.4 queues"));
    const auto& after = step(plan, "after/finish_background");
    EXPECT_THAT(after.note(), HasSubstr("Which of them GitLab 19.3.0 queues"));
    EXPECT_EQ(after.seconds_to(), 0U);
    EXPECT_THAT(after.expected(), Not(HasSubstr("Job1")));
}

// Elasticsearch keeps them in an index of its own, which no probe reads.
TEST(PlanBackgroundWait, IsForTheMigrationsOfAdvancedSearchAsWell) {
    const auto waits = [](const std::string& more) {
        Lines found;
        for (const auto& line : lines(plan_with(more, "18.11.11"))) {
            if (line.find("finish_search") != std::string::npos) found.push_back(line);
        }
        return found;
    };
    EXPECT_THAT(waits("findings { probe: 'postgres' external_service { kind: 'elasticsearch' host: "
                      "'search.example.test' } } "),
                ElementsAre("19.2.4/finish_search gitlab", "19.2.4/finish_search-2 gitlab",
                            "after/finish_search gitlab"));
    EXPECT_THAT(waits(""), ElementsAre());
}

// Jobs of Sidekiq, which the table of the batched ones does not know.
TEST(PlanBackgroundWait, IsForTheOlderKindBehindVersionsThatQueueIt) {
    const auto waits = [](std::string_view from, std::string_view target) {
        Lines found;
        for (const auto& line : lines(plan_of(fleet_of({single_node(from)}), target))) {
            if (line.find("finish_old_background") != std::string::npos) found.push_back(line);
        }
        return found;
    };
    EXPECT_THAT(waits("15.0.5", "15.4.6"), ElementsAre(HasSubstr("/finish_old_background gitlab")))
        << "before the first hop alone";
    EXPECT_THAT(waits("19.2.4", "19.3.0"), ElementsAre());
}

}  // namespace
}  // namespace preflight::readiness
