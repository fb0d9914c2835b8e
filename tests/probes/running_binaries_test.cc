#include "probes/running_binaries.h"

#include <unistd.h>

#include "tests/probes/finding_texts.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t booted_at = 1'790'000'000;

// A process that began so many seconds after the machine.
void add_process(NodeTree& tree, const std::string& id, std::string_view program,
                 std::int64_t after_seconds) {
    const auto ticks = after_seconds * ::sysconf(_SC_CLK_TCK);
    tree.link("/proc/" + id + "/exe", program)
        .file("/proc/" + id + "/stat", id + " (a b) c) S 1 1 1 0 -1 4194560 1 1 1 1 1 1 1 1 20 0 1 0 " +
                                           std::to_string(ticks) + " 1 1 1\n")
        .file("/proc/" + id + "/cmdline", std::string(program) + std::string("\0CANARY", 7));
}

NodeTree& machine(NodeTree& tree) {
    return tree.link("/opt/gitlab/service/gitaly", "/opt/gitlab/sv/gitaly")
        .file("/proc/stat", "cpu 1 2 3\nbtime " + std::to_string(booted_at) + "\nprocesses 7\n")
        .file("/var/lib/dpkg/info/gitlab-ee.list", "")
        .modified("/var/lib/dpkg/info/gitlab-ee.list", TimePoint(std::chrono::seconds(booted_at + 1000)));
}

// "PATH PROCESS", with " deleted" and " older".
Texts texts(const Found& found) {
    Texts shown;
    for (const auto& one : all(found, &v1::Finding::has_running_binary, &v1::Finding::running_binary)) {
        shown.push_back(one.path() + " " + std::to_string(one.process()) + (one.deleted() ? " deleted" : "") +
                        (one.older_than_installed() ? " older" : ""));
    }
    return shown;
}

TEST(RunningBinaries, TellWhichAreNotWhatIsInstalled) {
    NodeTree tree;
    machine(tree);
    add_process(tree, "10", "/opt/gitlab/embedded/bin/gitaly (deleted)", 100);
    add_process(tree, "11", "/opt/gitlab/embedded/bin/redis-server", 500);
    add_process(tree, "12", "/opt/gitlab/embedded/bin/ruby", 2000);
    add_process(tree, "13", "/usr/bin/sshd (deleted)", 1);
    tree.file("/proc/self", "").directory("/proc/99");
    const auto found = tree.look(running_binaries, Machine::live);
    EXPECT_THAT(texts(found), ElementsAre("/opt/gitlab/embedded/bin/gitaly 10 deleted older",
                                          "/opt/gitlab/embedded/bin/redis-server 11 older",
                                          "/opt/gitlab/embedded/bin/ruby 12"));
    EXPECT_EQ(found.at(0).running_binary().started_at().seconds(), booted_at + 100);
    EXPECT_THAT(bytes_of(found), testing::Not(testing::HasSubstr("CANARY")));
}

TEST(RunningBinaries, AreToldOnceForEachProgramByTheOneThatTellsMost) {
    NodeTree tree;
    machine(tree);
    add_process(tree, "10", "/opt/gitlab/embedded/bin/ruby", 2000);
    add_process(tree, "11", "/opt/gitlab/embedded/bin/ruby", 1500);
    add_process(tree, "12", "/opt/gitlab/embedded/bin/ruby (deleted)", 3000);
    EXPECT_THAT(texts(tree.look(running_binaries, Machine::live)),
                ElementsAre("/opt/gitlab/embedded/bin/ruby 12 deleted"));
}

TEST(RunningBinaries, AreHeldAgainstTheEditionThatWasUnpackedLast) {
    NodeTree tree;
    machine(tree)
        .file("/var/lib/dpkg/info/gitlab-ce.list", "")
        .modified("/var/lib/dpkg/info/gitlab-ce.list", TimePoint(std::chrono::seconds(booted_at + 3000)));
    add_process(tree, "10", "/opt/gitlab/embedded/bin/ruby", 2000);
    EXPECT_THAT(texts(tree.look(running_binaries, Machine::live)),
                ElementsAre("/opt/gitlab/embedded/bin/ruby 10 older"));
}

TEST(RunningBinaries, SayNothingOfTimesThatNobodyKept) {
    NodeTree tree;
    tree.link("/opt/gitlab/service/gitaly", "/opt/gitlab/sv/gitaly");
    tree.link("/proc/10/exe", "/opt/gitlab/embedded/bin/gitaly").file("/proc/10/stat", "torn (");
    const auto found = tree.look(running_binaries, Machine::live);
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_FALSE(found[0].running_binary().has_started_at());
    EXPECT_FALSE(found[0].running_binary().older_than_installed());
}

TEST(RunningBinaries, AreToldUpToALimit) {
    NodeTree tree;
    machine(tree);
    for (int at = 0; at < 101; ++at)
        add_process(tree, std::to_string(100 + at), "/opt/gitlab/embedded/bin/" + std::to_string(at), 2000);
    const auto found = tree.look(running_binaries, Machine::live);
    EXPECT_THAT(texts(found), SizeIs(100));
    EXPECT_THAT(found.back(), gap(v1::Gap::DROPPED, "/proc"));
}

TEST(RunningBinaries, OfOtherUsersAreKnownByTheirCommandLineOrNotAtAll) {
    const Result<std::string> denied = Problem{v1::Gap::DENIED, "/proc/7/exe", ""};
    EXPECT_EQ(program_of(denied, std::string_view("/opt/gitlab/x\0--token=CANARY", 28)).path,
              "/opt/gitlab/x");
    EXPECT_EQ(program_of(denied, "/opt/gitlab/bin/redis-server 127.0.0.1:CANARY").path,
              "/opt/gitlab/bin/redis-server");
    const auto titled = program_of(denied, "puma 6.4.3 (unix:///CANARY)");
    EXPECT_TRUE(titled.hidden);
    EXPECT_EQ(titled.path, "");
    EXPECT_TRUE(program_of(denied, "/opt/gitlab/x").claimed);
    EXPECT_FALSE(program_of(std::string("/opt/gitlab/x"), "/opt/gitlab/x").claimed);
    EXPECT_FALSE(program_of(denied, "").hidden);
    EXPECT_FALSE(program_of(Problem{v1::Gap::ABSENT, "/proc/7/exe", ""}, "nginx: worker").hidden);
    EXPECT_EQ(program_of(std::string("/opt/gitlab/a\nb"), "").path, "");
}

TEST(RunningBinaries, AreNotSeenInATree) {
    NodeTree tree;
    machine(tree);
    EXPECT_THAT(tree.look(running_binaries), ElementsAre(gap(v1::Gap::NOT_LIVE, "/proc")));
    EXPECT_THAT(NodeTree().look(running_binaries), IsEmpty());
}

TEST(RunningBinaries, ReadTheKernelsNumbers) {
    EXPECT_EQ(start_ticks("1 (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 777 0"), 777u);
    for (const auto* text :
         {"", "1 (x", "1 (x)", "1 (x) S 1 1", "1 (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 x"})
        EXPECT_FALSE(start_ticks(text)) << text;
    EXPECT_EQ(boot_seconds("cpu 1\nbtime 12\n"), 12);
    EXPECT_FALSE(boot_seconds("btime 99999999999999999999\nbtime\n"));
}

}  // namespace
}  // namespace preflight::probes
