// What a probe's process is given, and what remains of it: descriptors, environment, rights, children.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>

#include "tests/agent/probe_runs.h"
#include "tests/probes/node_tree.h"

namespace preflight::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

bool root() { return ::geteuid() == 0; }

TEST(Isolation, GivesAProbeNothingOfTheAgents) {
    // Without O_CLOEXEC, as a careless library leaves them.
    const probes::Descriptor leaked(::open("/dev/zero", O_RDONLY));
    const probes::Descriptor high(::fcntl(leaked.get(), F_DUPFD, 77));
    ASSERT_EQ(::setenv("PREFLIGHT_TEST_PASSWORD", "CANARY-environment", 1), 0);
    const auto outcome = run({"itself"});
    ::unsetenv("PREFLIGHT_TEST_PASSWORD");
    // The directory is the node's root, and the other what counts its reads: the child opens them itself.
    EXPECT_THAT(outcome.found(),
                UnorderedElementsAre("0 is a pipe", "1 is a pipe", "2 is a device", "3 is a directory",
                                     "4 is a something else", "LC_ALL=C",
                                     "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "RES_OPTIONS=timeout:2 attempts:1",
                                     "is never dumped", "is told of its processor time"));
}

TEST(Isolation, LeavesAProbeThePrivilegeOfItsRow) {
    probes::NodeTree tree;
    tree.file("/etc/gitlab/gitlab-secrets.json", "CANARY", 0600);
    std::filesystem::permissions(tree.root(), std::filesystem::perms{0755});
    RunnerOptions options;
    options.root = tree.root();
    EXPECT_THAT(run({"reader"}, options).found(), ElementsAre("read"));
    // The kernel's way to resolve a path is refused to it: it walks.
    const auto watcher = run({"watcher"}, options);
    EXPECT_THAT(watcher.found(), ElementsAre("read"));
    EXPECT_EQ(watcher.runs.at(0).outcome(), v1::ProbeRun::FINISHED);
    const auto without = run({"secret"}, options);
    if (root()) {
        EXPECT_THAT(without.gaps(), ElementsAre(v1::Gap::DENIED));
    } else {
        EXPECT_THAT(without.found(), ElementsAre("read")) << "an ordinary user's own file";
    }
}

// Collects whatever was started beneath this process and lost its parent: the wait statuses, or what there
// is until the deadline.
std::vector<int> collect_orphans() {
    std::vector<int> statuses;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < deadline) {
        int status = 0;
        const auto process = ::waitpid(-1, &status, WNOHANG);
        if (process > 0) statuses.push_back(status);
        if (process < 0) return statuses;
        if (process == 0) ::poll(nullptr, 0, 10);
    }
    ADD_FAILURE() << "a process remained";
    return statuses;
}

class NothingRemains : public ::testing::TestWithParam<const char*> {};

TEST_P(NothingRemains, OfAProbeThatForks) {
    ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    const auto outcome = run({GetParam(), "well"});
    const auto orphans = collect_orphans();
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
    EXPECT_FALSE(orphans.empty());
    for (const auto status : orphans) EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    EXPECT_THAT(outcome.gaps(), ElementsAre(v1::Gap::TIMED_OUT));
    EXPECT_THAT(outcome.found(), IsSupersetOf({"found"})) << "the other probe's";
    EXPECT_EQ(outcome.runs.at(1).outcome(), v1::ProbeRun::FINISHED);
}

INSTANTIATE_TEST_SUITE_P(And, NothingRemains, ::testing::Values("child", "orphans", "multiply"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace preflight::agent
