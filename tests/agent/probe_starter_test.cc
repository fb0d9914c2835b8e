#include "agent/probe_starter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/agent/probe_runs.h"

namespace preflight::agent {
namespace {

using ::testing::HasSubstr;
using Run = v1::ProbeRun;

std::string content_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Process {
    pid_t id;
    std::string name;
};

std::vector<Process> own_children() {
    const auto own = std::to_string(::getpid());
    std::ifstream list("/proc/" + own + "/task/" + own + "/children");
    std::vector<Process> children;
    for (pid_t id = 0; list >> id;)
        children.push_back({id, content_of("/proc/" + std::to_string(id) + "/comm")});
    return children;
}

// What a finding of this probe comes from has the probe's name: the other child is the starter.
bool signal_starter_of(const std::string& probe, int signal) {
    for (const auto& child : own_children()) {
        if (child.name != probe + "\n") return ::kill(child.id, signal) == 0;
    }
    return false;
}

TEST(ProbeStarter, ForksProcessesThatBearTheProbesName) {
    std::vector<std::string> names;
    run({"well"}, {}, {}, [&](const auto&) {
        for (const auto& child : own_children()) names.push_back(child.name);
    });
    EXPECT_THAT(names, ::testing::Contains("well\n")) << "and it is our own child";
}

TEST(ProbeStarter, ThatWasKilledCostsOneProbeAndIsReplaced) {
    bool killed = false;
    const auto outcome = run({"well", "well", "well"}, {.at_once = 1}, {}, [&](const v1::Finding& finding) {
        if (!killed && finding.has_service()) killed = signal_starter_of("well", SIGKILL);
    });
    ASSERT_TRUE(killed);
    ASSERT_EQ(outcome.runs.size(), 3U);
    EXPECT_EQ(outcome.runs[0].outcome(), Run::FINISHED);
    EXPECT_EQ(outcome.runs[1].outcome(), Run::NOT_STARTED);
    EXPECT_EQ(outcome.runs[2].outcome(), Run::FINISHED);
    EXPECT_EQ(outcome.gaps().size(), 1U);
    EXPECT_THAT(outcome.detail(), HasSubstr("could not be started"));
}

// A stopped process answers nothing; its five seconds are not waited for where the inspection has fewer.
TEST(ProbeStarter, ThatHangsIsGivenUpAtTheInspectionsLimit) {
    bool stopped = false;
    const auto outcome = run({"well", "well"}, {.limit = std::chrono::milliseconds(700), .at_once = 1}, {},
                             [&](const v1::Finding& finding) {
                                 if (!stopped && finding.has_service())
                                     stopped = signal_starter_of("well", SIGSTOP);
                             });
    ASSERT_TRUE(stopped);
    ASSERT_EQ(outcome.runs.size(), 2U);
    EXPECT_EQ(outcome.runs[0].outcome(), Run::FINISHED);
    EXPECT_EQ(outcome.runs[1].outcome(), Run::NOT_STARTED);
    ASSERT_EQ(outcome.gaps().size(), 1U);
    EXPECT_EQ(outcome.gaps()[0], v1::Gap::TIMED_OUT);
    constexpr std::string_view words = "no answer within ";
    const auto at = outcome.detail().find(words);
    ASSERT_NE(at, std::string::npos) << outcome.detail();
    EXPECT_LE(std::stoi(outcome.detail().substr(at + words.size())), 700);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "and it is collected";
}

TEST(ProbeStarter, LeavesNoProcessBehind) {
    run({"well", "crash", "hang"}, {.limit = std::chrono::milliseconds(300)});
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace preflight::agent
