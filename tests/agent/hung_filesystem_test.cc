// A probe that hangs in the kernel, where no signal reaches it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <chrono>
#include <optional>

#include "tests/agent/probe_runs.h"
#include "tests/agent/silent_filesystem.h"
#include "tests/probes/node_tree.h"

namespace preflight::agent {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Clock = std::chrono::steady_clock;

class HungFilesystem : public ::testing::Test {
  protected:
    HungFilesystem() {
        tree_.directory("/var/opt/gitlab/backups");
        std::filesystem::permissions(tree_.root(), std::filesystem::perms{0755});
        options_.root = tree_.root();
        silent_.emplace(tree_.root() / "var/opt/gitlab/backups");
    }

    probes::NodeTree tree_;
    RunnerOptions options_;
    std::optional<SilentFilesystem> silent_;
};

TEST_F(HungFilesystem, CostsAnInspectionOneProbeAndItsLimit) {
    const auto begin = Clock::now();
    const auto outcome = run({"beneath", "well"}, options_);
    EXPECT_LT(Clock::now() - begin, 8s);
    EXPECT_THAT(outcome.found(), ::testing::UnorderedElementsAre("found before it asked", "found"));
    EXPECT_THAT(outcome.gaps(), ElementsAre(v1::Gap::TIMED_OUT));
    EXPECT_THAT(outcome.detail(), HasSubstr("hangs in the kernel and was left behind"));
    EXPECT_EQ(outcome.runs.at(0).outcome(), v1::ProbeRun::TIMED_OUT);
    EXPECT_EQ(outcome.runs.at(1).outcome(), v1::ProbeRun::FINISHED);
}

TEST_F(HungFilesystem, KeepsTheNextInspectionFromAskingAgain) {
    run({"beneath"}, options_);
    ASSERT_THAT(*options_.abandoned, SizeIs(1));
    const auto process = options_.abandoned->begin()->second;
    const auto second = run({"beneath", "well"}, options_);
    EXPECT_EQ(second.runs.at(0).outcome(), v1::ProbeRun::NOT_STARTED);
    EXPECT_THAT(second.detail(), HasSubstr("still hangs"));
    EXPECT_EQ(second.runs.at(1).outcome(), v1::ProbeRun::FINISHED);
    // The server is back: so is the probe.
    silent_.reset();
    siginfo_t ended{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(process), &ended, WEXITED | WNOWAIT), 0);
    EXPECT_EQ(run({"beneath"}, options_).runs.at(0).outcome(), v1::ProbeRun::FINISHED);
    EXPECT_THAT(*options_.abandoned, IsEmpty());
}

}  // namespace
}  // namespace preflight::agent
