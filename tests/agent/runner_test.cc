#include "agent/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio.hpp>

#include "tests/agent/misbehaving_probes.h"
#include "tests/agent/probe_runs.h"

namespace preflight::agent {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Run = v1::ProbeRun;

TEST(Runner, HandsOnWhatAProbeFinds) {
    const auto outcome = run({"well"});
    EXPECT_THAT(outcome.found(), ElementsAre("found"));
    EXPECT_THAT(outcome.gaps(), IsEmpty());
    EXPECT_EQ(outcome.runs.at(0).outcome(), Run::FINISHED);
    EXPECT_EQ(outcome.runs.at(0).findings(), 1U);
    EXPECT_GT(outcome.runs.at(0).peak_memory_bytes(), 0U);
}

struct Misbehaviour {
    std::string_view probe;
    std::string_view found;
    v1::Gap::Cause cause;
    Run::Outcome outcome;
};

class RunnerKeepsWhatWasFoundAndSaysWhatHappened : public ::testing::TestWithParam<Misbehaviour> {};

TEST_P(RunnerKeepsWhatWasFoundAndSaysWhatHappened, WhenAProbe) {
    const auto& expected = GetParam();
    const auto outcome = run({expected.probe});
    if (!expected.found.empty()) {
        EXPECT_THAT(outcome.found(), ElementsAre(std::string(expected.found)));
    }
    EXPECT_THAT(outcome.gaps(), ElementsAre(expected.cause));
    EXPECT_EQ(outcome.runs.at(0).outcome(), expected.outcome);
}

INSTANTIATE_TEST_SUITE_P(
    Does, RunnerKeepsWhatWasFoundAndSaysWhatHappened,
    ::testing::Values(Misbehaviour{"hang", "found before it hung", v1::Gap::TIMED_OUT, Run::TIMED_OUT},
                      Misbehaviour{"deaf", "found before it went deaf", v1::Gap::TIMED_OUT, Run::TIMED_OUT},
                      Misbehaviour{"spin", "found before it span", v1::Gap::TIMED_OUT, Run::TIMED_OUT},
                      Misbehaviour{"child", "found", v1::Gap::TIMED_OUT, Run::TIMED_OUT},
                      Misbehaviour{"crash", "found before it crashed", v1::Gap::CRASHED, Run::CRASHED},
                      Misbehaviour{"throw", "", v1::Gap::CRASHED, Run::CRASHED},
                      Misbehaviour{"leave", "found before it left", v1::Gap::CRASHED, Run::CRASHED},
                      Misbehaviour{"tear", "found before it tore", v1::Gap::CRASHED, Run::CRASHED},
                      Misbehaviour{"babble", "found before the nonsense", v1::Gap::CRASHED, Run::CRASHED},
                      Misbehaviour{"killed", "found before it was killed", v1::Gap::KILLED, Run::KILLED}),
    [](const auto& info) { return std::string(info.param.probe); });

TEST(Runner, EndsAFloodAtTheLimitOfFindings) {
    RunnerOptions options;
    options.findings_limit = 500;
    const auto outcome = run({"flood"}, options);
    EXPECT_THAT(outcome.found(), SizeIs(500));
    EXPECT_THAT(outcome.gaps(), ElementsAre(v1::Gap::TOO_LARGE));
}

TEST(Runner, EndsAFloodAtTheLimitOfBytes) {
    RunnerOptions options;
    options.output_limit_bytes = 100'000;
    EXPECT_THAT(run({"flood"}, options).gaps(), ElementsAre(v1::Gap::TOO_LARGE));
}

TEST(Runner, LeavesTheOtherProbesIntact) {
    const auto outcome =
        run({"hang", "well", "crash", "well", "flood", "well", "killed", "well"}, {.findings_limit = 100});
    ASSERT_THAT(outcome.runs, SizeIs(8));
    for (const auto index : {1, 3, 5, 7}) EXPECT_EQ(outcome.runs[index].outcome(), Run::FINISHED) << index;
    EXPECT_EQ(std::ranges::count(outcome.found(), "found"), 4);
}

TEST(Runner, EndsTheInspectionAtItsLimitAndSaysWhatDidNotRun) {
    RunnerOptions options;
    options.limit = std::chrono::milliseconds(500);
    options.at_once = 1;
    const auto outcome = run({"hang", "hang"}, options);
    EXPECT_THAT(outcome.gaps(), ElementsAre(v1::Gap::TIMED_OUT, v1::Gap::TIMED_OUT));
    EXPECT_EQ(outcome.runs.at(0).outcome(), Run::TIMED_OUT);
    EXPECT_EQ(outcome.runs.at(1).outcome(), Run::NOT_STARTED);
}

TEST(Runner, BeginsWithThoseThatMayTakeLongest) {
    RunnerOptions options;
    options.limit = std::chrono::milliseconds(1'000);
    options.at_once = 1;
    const auto outcome = run({"hang", "well"}, options);
    ASSERT_THAT(outcome.findings, Not(IsEmpty()));
    EXPECT_EQ(outcome.findings.front().probe(), "well");
    EXPECT_EQ(outcome.runs.at(0).probe(), "hang");
}

// How many gaps were told before the finding of the probe that begins last.
std::ptrdiff_t gaps_before_the_last(const ProbeRuns& outcome) {
    const auto last = std::ranges::find(outcome.findings, "well at last", &v1::Finding::probe);
    EXPECT_NE(last, outcome.findings.end());
    return std::count_if(outcome.findings.begin(), last, [](const auto& one) { return one.has_gap(); });
}

TEST(Runner, LetsAnotherProbeBeginWhereOneWaits) {
    const std::vector<std::string_view> names{"hang", "hang", "well at last"};
    EXPECT_EQ(gaps_before_the_last(run(names, {.at_once = 3, .processors = 1})), 0);
    EXPECT_GE(gaps_before_the_last(run(names, {.at_once = 2, .processors = 1})), 1);
}

// The third ends at its limit before anybody is taken for waiting, unless it has to wait for its turn.
TEST(Runner, BeginsWithNoMoreProbesThanThereAreProcessors) {
    const std::vector<std::string_view> names{"hang", "hang", "hang briefly", "well at last"};
    EXPECT_EQ(gaps_before_the_last(run(names, {.at_once = 4, .processors = 1})), 0);
    EXPECT_EQ(gaps_before_the_last(run(names, {.at_once = 4, .processors = 3})), 1);
}

TEST(Runner, SaysWhenAProbesProgramCannotBeStarted) {
    boost::asio::io_context loop(1);
    RunnerOptions options;
    options.program = "/no/such/program";
    std::vector<v1::Finding> findings;
    const std::vector<probes::Probe> probes{misbehaving_probes().front()};
    TakeFinding take = [&](const v1::Finding& finding) { findings.push_back(finding); };
    boost::asio::co_spawn(loop, run_probes(options, probes, take), boost::asio::detached);
    loop.run();
    ASSERT_THAT(findings, SizeIs(1));
    EXPECT_TRUE(findings[0].has_gap());
}

TEST(Runner, SaysHowFarAProbeCame) {
    EXPECT_THAT(run({"crash"}).detail(),
                AllOf(HasSubstr("signal 11"), HasSubstr("found 1, the last at test")));
    EXPECT_THAT(run({"throw"}).detail(), HasSubstr("had found nothing yet"));
}

TEST(Runner, EndsAProbeThatAllocatesWithoutEnd) {
    const auto outcome = run({"greedy"});
#ifdef PREFLIGHT_SANITIZED
    EXPECT_THAT(outcome.found(), ElementsAre("found before it ate", "all eaten"));
#else
    EXPECT_THAT(outcome.found(), ElementsAre("found before it ate"));
    EXPECT_THAT(outcome.gaps(), ElementsAre(v1::Gap::CRASHED));
#endif
}

TEST(Runner, LimitsTheMemoryOfAProbe) {
#ifdef PREFLIGHT_SANITIZED
    EXPECT_THAT(run({"hungry"}).found(), ElementsAre("found before it ate", "without limit"));
#else
    EXPECT_THAT(run({"hungry"}).found(), ElementsAre("found before it ate", "limited"));
#endif
}

}  // namespace
}  // namespace preflight::agent
