#include "readiness/render/plan_words.h"

#include <gtest/gtest.h>

#include "tests/readiness/render/report_builder.h"

namespace preflight::readiness::render {
namespace {

std::string duration(std::uint64_t from, std::uint64_t to) {
    v1::PlanStep step;
    step.set_seconds_from(from);
    step.set_seconds_to(to);
    return duration_words(step);
}

TEST(Duration, IsToldInTheUnitInWhichPeoplePlan) {
    EXPECT_EQ(duration(30, 30), "30 seconds");
    EXPECT_EQ(duration(600, 1800), "10 to 30 minutes");
    EXPECT_EQ(duration(90, 301), "90 seconds to 6 minutes");
    EXPECT_EQ(duration(2700, 7200), "45 minutes to 2 hours");
    EXPECT_EQ(duration(7200, 9000), "2 to 2.5 hours");
    EXPECT_EQ(duration(172800, 604800), "2 to 7 days");
    EXPECT_EQ(duration(1, 1), "1 second");
}

TEST(Duration, HasAnOpenEndWhereOneEndIsNotKnown) {
    EXPECT_EQ(duration(0, 0), "");
    EXPECT_EQ(duration(0, 3600), "up to 60 minutes");
    EXPECT_EQ(duration(3600, 0), "60 minutes or more");
}

TEST(Duration, OfSeveralStepsSaysForHowManyOfThemItIsKnown) {
    const auto report = report_of(R"(
        plan { steps { seconds_from: 600 seconds_to: 1200 } steps { } steps { seconds_from: 600 seconds_to: 2400 } })");
    EXPECT_EQ(known_durations(step_groups(report.plan()).front().steps),
              "Durations are known for 2 of 3 steps: 20 to 60 minutes together.");
    EXPECT_EQ(known_durations({&report.plan().steps(1)}), "");
}

TEST(StepGroups, BeginAnewWhenAPhaseComesAgain) {
    const auto report = report_of(R"(
        plan { steps { to: "19.2.5" phase: IN_WINDOW } steps { to: "19.2.5" phase: BETWEEN_HOPS }
            steps { to: "19.3.0" phase: IN_WINDOW } steps { to: "19.3.0" phase: IN_WINDOW } })");
    const auto groups = step_groups(report.plan());
    ASSERT_EQ(groups.size(), 3U);
    EXPECT_EQ(groups[2].heading, "To 19.3.0: in the window");
    EXPECT_EQ(groups[2].first, 3);
    EXPECT_EQ(groups[2].steps.size(), 2U);
}

TEST(StepGroups, SayThatAPhaseIsNotNamed) {
    const auto report = report_of("plan { steps { } }");
    EXPECT_EQ(step_groups(report.plan()).front().heading, "At a time that nobody named");
}

TEST(StepNumber, IsThatOfThePlan) {
    const auto report = report_of(R"(plan { steps { } steps { id: "b" } })");
    EXPECT_EQ(step_number(report.plan(), "b"), 2);
    EXPECT_EQ(step_number(report.plan(), "c"), 0);
    EXPECT_EQ(step_number(report.plan(), ""), 0);
}

}  // namespace
}  // namespace preflight::readiness::render
