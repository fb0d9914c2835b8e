// The agent's program as a person starts it: usage, output, hostile trees, and that nothing of the tree is
// changed.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "preflight/v1/inspection.pb.h"
#include "tests/integration/program.h"
#include "tests/temporary_folder.h"

namespace preflight {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string agent = PREFLIGHT_AGENT;
const fs::path nodes = fs::path(PREFLIGHT_SOURCE_DIR) / "tests/nodes";

v1::Inspection inspect(const fs::path& root) {
    const auto ended = run_program({agent, "inspect", "--root", root.string(), "--format", "json"});
    v1::Inspection inspection;
    EXPECT_EQ(ended.status, 0) << ended.error;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(ended.output, &inspection).ok());
    EXPECT_THAT(ended.output + ended.error, Not(HasSubstr("CANARY")));
    return inspection;
}

// "CAUSE source" of every gap.
std::vector<std::string> gaps_of(const v1::Inspection& inspection) {
    std::vector<std::string> gaps;
    for (const auto& finding : inspection.findings()) {
        if (finding.has_gap())
            gaps.push_back(v1::Gap::Cause_Name(finding.gap().cause()) + " " + finding.source());
    }
    return gaps;
}

// A copy of a sample node that a test may spoil.
class SpoiledNode : public ::testing::Test {
  protected:
    SpoiledNode() {
        fs::copy(nodes / "rails-1", root(), fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    }

    fs::path root() const { return folder_ / "node"; }
    void write(const std::string& path, const std::string& content) const {
        fs::remove_all(root() / path);
        std::ofstream(root() / path, std::ios::binary) << content;
    }

    TemporaryFolder folder_;
    const std::string gitlab_yml = "var/opt/gitlab/gitlab-rails/etc/gitlab.yml";
    const std::string database_yml = "var/opt/gitlab/gitlab-rails/etc/database.yml";
};

TEST_F(SpoiledNode, GivesAGapForAFifoAndStillAllTheRest) {
    fs::remove(root() / database_yml);
    ASSERT_EQ(::mkfifo((root() / database_yml).c_str(), 0644), 0);
    const auto inspection = inspect(root());
    EXPECT_THAT(gaps_of(inspection), Contains("REFUSED /" + database_yml));
    EXPECT_GT(inspection.findings_size(), 20);
}

TEST_F(SpoiledNode, GivesAGapForAFileOfOneGigabyte) {
    write(gitlab_yml, "production:\n");
    fs::resize_file(root() / gitlab_yml, 1024UL * 1024 * 1024);
    EXPECT_THAT(gaps_of(inspect(root())), Contains("TOO_LARGE /" + gitlab_yml));
}

TEST_F(SpoiledNode, GivesAGapForALoopOfLinks) {
    fs::remove(root() / gitlab_yml);
    fs::create_symlink("gitlab.yml", root() / gitlab_yml);
    EXPECT_THAT(gaps_of(inspect(root())), Contains("REFUSED /" + gitlab_yml));
}

TEST_F(SpoiledNode, GivesAGapForEveryKindOfNonsense) {
    std::string aliases = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 12; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        aliases += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 0; j < 8; ++j) aliases += "," + before;
        aliases += "]\n";
    }
    const std::map<std::string, std::string> nonsense{
        {"empty", ""},
        {"truncated", "production:\n  main:\n    host: \"10.0"},
        {"binary", std::string("\x7f"
                               "ELF\0\1\2\3",
                               8)},
        {"no UTF-8", "production:\n  main:\n    host: \"\xff\xfe\"\n"},
        {"aliases", aliases},
        {"depth", std::string(100'000, '[')},
        {"another shape", "- just\n- a list\n"}};
    for (const auto& [name, content] : nonsense) {
        write(database_yml, content);
        const auto inspection = inspect(root());
        EXPECT_THAT(gaps_of(inspection), Contains(HasSubstr("/" + database_yml))) << name;
        EXPECT_GT(inspection.findings_size(), 20) << name;
    }
}

TEST_F(SpoiledNode, GivesAGapForDeepJson) {
    write("etc/gitlab/gitlab-secrets.json", std::string(200'000, '{'));
    const auto inspection = inspect(root());
    EXPECT_THAT(gaps_of(inspection), Contains(HasSubstr("/etc/gitlab/gitlab-secrets.json")));
}

TEST_F(SpoiledNode, IsNotChangedByAnInspection) {
    const auto listing = [&] {
        return run_program({"/usr/bin/find", root().string(), "-printf", "%P %s %m %T@ %C@ %l\\n"}).output;
    };
    const auto before = listing();
    inspect(root());
    EXPECT_EQ(listing(), before);
}

TEST(AgentProgram, PrintsOneInspectionWithItsSchema) {
    const auto inspection = inspect(nodes / "gitaly-1");
    EXPECT_EQ(inspection.schema(), "preflight.v1.Inspection");
    EXPECT_EQ(inspection.node().name(), "gitaly-1");
    EXPECT_FALSE(inspection.live());
    for (const auto& run : inspection.probes())
        EXPECT_EQ(run.outcome(), v1::ProbeRun::FINISHED) << run.probe();
}

TEST(AgentProgram, InspectsTheLiveMachineWithoutAnyPrivilege) {
    const auto ended = run_program({agent, "inspect", "--format", "json"});
    v1::Inspection inspection;
    ASSERT_EQ(ended.status, 0);
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(ended.output, &inspection).ok());
    EXPECT_TRUE(inspection.live());
    for (const auto& run : inspection.probes())
        EXPECT_EQ(run.outcome(), v1::ProbeRun::FINISHED) << run.probe();
}

TEST(AgentProgram, RunsOnlyTheProbesThatAreNamed) {
    const auto root = (nodes / "gitaly-1").string();
    const auto ended = run_program({agent, "inspect", "--root", root, "--only", "geo"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.output, HasSubstr("geo role"));
    EXPECT_THAT(ended.output, Not(HasSubstr("operating system")));
}

TEST(AgentProgram, ListsItsProbesAndItsVersion) {
    EXPECT_THAT(run_program({agent, "probes"}).output, HasSubstr("endpoints "));
    EXPECT_THAT(run_program({agent, "version"}).output, StartsWith("gitlab-preflight-agent 0."));
    EXPECT_EQ(run_program({agent, "--help"}).status, 0);
}

using Usage = std::pair<std::vector<std::string>, std::string>;
class WrongUsage : public ::testing::TestWithParam<Usage> {};

TEST_P(WrongUsage, IsOneLineThatSaysHowItIsRight) {
    auto argv = GetParam().first;
    argv.insert(argv.begin(), agent);
    const auto ended = run_program(argv);
    EXPECT_EQ(ended.status, 64);
    EXPECT_EQ(ended.output, "");
    EXPECT_THAT(ended.error, HasSubstr(GetParam().second));
    EXPECT_EQ(std::ranges::count(ended.error, '\n'), 1) << ended.error;
}

INSTANTIATE_TEST_SUITE_P(
    Of, WrongUsage,
    ::testing::Values(Usage{{}, "--help"}, Usage{{"fly"}, "--help"},
                      Usage{{"inspect", "--format", "xml"}, "json"},
                      Usage{{"inspect", "--only", "posgres"}, "there is no probe 'posgres'"},
                      Usage{{"inspect", "--limit", "0"}, "--limit"},
                      Usage{{"inspect", "--proof-limit", "9"}, "--prove-backups"},
                      Usage{{"inspect", "--prove-backups", "--only", "geo"}, "'backups'"},
                      Usage{{"inspect", "--prove-backups=3"}, "prove-backups"},
                      Usage{{"inspect", "--prove-backups=false"}, "prove-backups"},
                      Usage{{"run", "--once=2"}, "once"},
                      Usage{{"run", "--collector", "10.0.0.1:8473", "--account", ""}, "loopback"},
                      Usage{{"run", "--collector", "::::"}, "HOST:PORT"},
                      Usage{{"run", "--config", "/no/such/file"}, "/no/such/file"}));

// "/dev/full": a disk without room; "&-": no standard output at all.
class LostOutput : public ::testing::TestWithParam<std::string> {};

TEST_P(LostOutput, IsNeverTakenForSuccess) {
    const auto script = "exec \"$@\" >" + GetParam();
    const auto root = (nodes / "gitaly-1").string();
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"probes"},
             {"version"},
             {"--help"},
             {"inspect", "--root", root},
             {"inspect", "--root", root, "--format", "json", "--only", "geo"}}) {
        std::vector<std::string> argv{"/bin/sh", "-c", script, "sh", agent};
        argv.insert(argv.end(), words.begin(), words.end());
        const auto ended = run_program(argv);
        EXPECT_EQ(ended.status, 74) << words.front();
        EXPECT_EQ(ended.error, "gitlab-preflight-agent: standard output cannot be written\n");
    }
}

INSTANTIATE_TEST_SUITE_P(Of, LostOutput, ::testing::Values("/dev/full", "&-"));

TEST(AgentProgram, SaysWhenTheRootIsNotThere) {
    const auto ended = run_program({agent, "inspect", "--root", "/no/such/tree"});
    EXPECT_EQ(ended.status, 66);
    EXPECT_THAT(ended.error, HasSubstr("/no/such/tree"));
}

}  // namespace
}  // namespace preflight
