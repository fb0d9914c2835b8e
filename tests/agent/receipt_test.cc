#include "agent/receipt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/probe_runs.h"

namespace preflight::agent {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

TEST(Receipt, IsPartOfTheRunAndNoFinding) {
    const auto outcome = run({"costly"});
    EXPECT_EQ(outcome.findings.size(), 1U);
    EXPECT_EQ(outcome.runs.at(0).findings(), 1U);
    const auto& receipt = outcome.runs.at(0).receipt();
    EXPECT_EQ(receipt.connections(), 2U);
    EXPECT_EQ(receipt.statements(), 1U);
    EXPECT_EQ(receipt.statement_milliseconds(), 250U);
    EXPECT_GE(receipt.bytes_read(), 200U * 1024 * 1024);
    EXPECT_LT(receipt.bytes_from_disk(), receipt.bytes_read());
    EXPECT_GT(receipt.cpu_milliseconds(), 0U);
    EXPECT_GE(receipt.milliseconds() + 2, receipt.cpu_milliseconds());
    EXPECT_EQ(receipt.peak_memory_bytes(), outcome.runs.at(0).peak_memory_bytes());
    EXPECT_FALSE(receipt.incomplete());
}

TEST(Receipt, OfAKilledProbeSaysWhatTheKernelKnowsAndThatItIsNotAll) {
    const auto spun = run({"spin"}).runs.at(0).receipt();
    EXPECT_TRUE(spun.incomplete());
    EXPECT_GE(spun.milliseconds(), 1500U);
    EXPECT_GT(spun.cpu_milliseconds(), 20U);
    EXPECT_GT(spun.peak_memory_bytes(), 0U);
    EXPECT_TRUE(run({"crash"}).runs.at(0).receipt().incomplete());
}

TEST(Receipt, OfAProbeThatDidNotRunIsNone) {
    RunnerOptions options;
    options.program = "/no/such/program";
    EXPECT_FALSE(run({"well"}, options).runs.at(0).has_receipt());
}

TEST(Receipt, OfAnInspectionIsTheSumAndTheLargestMemory) {
    std::vector<v1::ProbeRun> runs(3);
    for (std::uint64_t i = 0; i < 2; ++i) {
        auto& one = *runs[i].mutable_receipt();
        one.set_milliseconds(1000);
        one.set_cpu_milliseconds(10 + i);
        one.set_bytes_read(100);
        one.set_bytes_from_disk(50);
        one.set_connections(2);
        one.set_statements(3);
        one.set_statement_milliseconds(4);
        one.set_peak_memory_bytes(7 + i);
    }
    const auto sum = sum_of(runs, milliseconds(1200));
    EXPECT_EQ(sum.milliseconds(), 1200U);
    EXPECT_EQ(sum.cpu_milliseconds(), 21U);
    EXPECT_EQ(sum.bytes_read(), 200U);
    EXPECT_EQ(sum.bytes_from_disk(), 100U);
    EXPECT_EQ(sum.connections(), 4U);
    EXPECT_EQ(sum.statements(), 6U);
    EXPECT_EQ(sum.statement_milliseconds(), 8U);
    EXPECT_EQ(sum.peak_memory_bytes(), 8U);
    EXPECT_FALSE(sum.incomplete());
    runs[2].mutable_receipt()->set_incomplete(true);
    EXPECT_TRUE(sum_of(runs, milliseconds(1)).incomplete());
}

TEST(Proof, HasTheTimeOfTheInspectionInsteadOfTheProbesOwn) {
    RunnerOptions options;
    options.limit = milliseconds(3000);
    options.proof_limit = milliseconds(6000);
    const auto proved = run({"long", "hang"}, options, probes::Asked{.prove_backups = true});
    EXPECT_THAT(proved.found(),
                UnorderedElementsAre("asked to prove", "ended by itself", "found before it hung"));
    EXPECT_EQ(proved.runs.at(0).outcome(), v1::ProbeRun::FINISHED);
    EXPECT_GE(proved.runs.at(0).milliseconds(), 1000U);
    EXPECT_EQ(proved.runs.at(1).outcome(), v1::ProbeRun::TIMED_OUT) << "others keep their limits";
    EXPECT_LT(proved.runs.at(1).milliseconds(), 5500U);
}

TEST(Proof, IsNotMadeUnasked) {
    RunnerOptions options;
    options.proof_limit = milliseconds(60'000);
    const auto outcome = run({"long"}, options);
    EXPECT_THAT(outcome.found(), ElementsAre("not asked to prove", "ended by itself"));
    EXPECT_LT(outcome.runs.at(0).milliseconds(), 2000U);
}

TEST(EveryProbe, StandsLastInEveryLine) {
    EXPECT_THAT(run({"rank"}).found(), ElementsAre("last for the disk", "nice"));
}

}  // namespace
}  // namespace preflight::agent
