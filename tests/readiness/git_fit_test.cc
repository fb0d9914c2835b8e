#include "readiness/git_fit.h"

#include "readiness/checks/gitaly_servers.h"
#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view own_socket = "/home/git/gitlab/tmp/sockets/private/gitaly.socket";

std::string gitaly(std::string_view git, std::string_view address = own_socket) {
    return "findings { probe: 'gitaly' gitaly_status { address: '" + std::string(address) +
           "' uses: 'rails default' health: 'SERVING' server_version: '17.0.8' git_version: '" +
           std::string(git) + "' storages { name: 'default' readable: true writeable: true } } } ";
}

std::string has(std::string_view method, std::string_view version = "17.0.8") {
    return "findings { probe: 'installation' installation { method: " + std::string(method) + " version: '" +
           std::string(version) + "' } } ";
}

FleetNode web(const std::string& findings) {
    return node("web1", roles("RAILS, GITALY") + ran({"gitaly", "endpoints"}) + findings);
}

std::vector<v1::Verdict> of(const std::string& findings, std::string_view target = "17.3.7") {
    return judge_git(fleet_of({web(findings)}), to(target), built_in_knowledge());
}

TEST(GitFit, IsReadyWhereEachHopHasTheGitThatItNeeds) {
    EXPECT_THAT(of(has("SELF_COMPILED") + gitaly("2.45.2")), ElementsAre(says(v1::READY, "git_fit")));
    EXPECT_THAT(of(has("SELF_COMPILED") + gitaly("2.42.0"), "17.0.8"),
                ElementsAre(says(v1::READY, "git_fit")))
        << "no hop to make";
}

TEST(GitFit, BlocksBeforeTheFirstHopThatNeedsMore) {
    const auto verdicts = of(has("SELF_COMPILED") + gitaly("2.44.1"));
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::BLOCKER, "git_too_old"),
                                            mentions("is below 2.45, which GitLab 17.3.7 needs"))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "Git 2.44.1 at " + std::string(own_socket));
    EXPECT_FALSE(verdicts[0].evidence(1).source().empty()) << "the rule that says so";
}

TEST(GitFit, AsksNothingOfAGitThatComesWithEachVersion) {
    for (const auto* method : {"LINUX_PACKAGE", "DOCKER", "CLOUD_NATIVE"})
        EXPECT_THAT(of(has(method) + gitaly("2.42.0")), IsEmpty()) << method;
    EXPECT_THAT(of(has("SELF_COMPILED") + gitaly("2.42.0.gl1")), IsEmpty()) << "Gitaly was built with it";
}

TEST(GitFit, AsksOfAPackageWhoseSettingsNameAnotherGit) {
    const auto named =
        "findings { probe: 'settings' setting { key: \"gitaly['configuration']['git']['bin_path']\" "
        "} } ";
    EXPECT_THAT(of(has("LINUX_PACKAGE") + named + gitaly("2.44.1")),
                ElementsAre(says(v1::BLOCKER, "git_too_old")));
    EXPECT_THAT(of(has("LINUX_PACKAGE") + named + gitaly("2.44.1.gl1")), IsEmpty())
        << "it is the package's own";
}

TEST(GitFit, GoesByTheNodeWhereTheServerRuns) {
    const auto server_on = [](std::string_view method) {
        const auto git1 =
            node("git1", has(method) + "findings { probe: 'system' host { addresses: '10.20.0.41' } } ");
        return judge_git(fleet_of({git1, web(has("LINUX_PACKAGE") + gitaly("2.42.0", "10.20.0.41:8075"))}),
                         to("17.3.7"), built_in_knowledge());
    };
    EXPECT_THAT(server_on("SELF_COMPILED"), ElementsAre(says(v1::BLOCKER, "git_too_old")));
    EXPECT_THAT(server_on("LINUX_PACKAGE"), IsEmpty());
}

TEST(GitFit, IsUnknownWhereItCannotBeToldWhetherTheGitStays) {
    EXPECT_THAT(of(has("LINUX_PACKAGE") + gitaly("2.42.0", "10.20.0.41:8075")),
                ElementsAre(AllOf(says(v1::UNKNOWN, "git_unseen"), mentions("was not seen"))));
    EXPECT_THAT(of(has("LINUX_PACKAGE") + gitaly("2.45.2", "10.20.0.41:8075")), IsEmpty());
    EXPECT_THAT(of(has("SELF_COMPILED") + gitaly("")), ElementsAre(says(v1::UNKNOWN, "git_unseen")));
    EXPECT_THAT(of(has("SELF_COMPILED") + gitaly("nonsense")), ElementsAre(says(v1::UNKNOWN, "git_unseen")));
    EXPECT_THAT(of(has("SELF_COMPILED", "nonsense") + gitaly("2.45.2")),
                ElementsAre(AllOf(says(v1::UNKNOWN, "git_unseen"), mentions("way to the target"))));
    auto knowledge = built_in_knowledge();
    knowledge.clear_requirements();
    EXPECT_THAT(judge_git(fleet_of({web(has("SELF_COMPILED") + gitaly("2.45.2"))}), to("17.3.7"), knowledge),
                ElementsAre(AllOf(says(v1::UNKNOWN, "git_unseen"), mentions("requires is not known here"))));
}

TEST(GitFit, IsSaidWhereEveryGitalyIsJudged) {
    const auto fleet = fleet_of({web(has("SELF_COMPILED") + gitaly("2.44.1"))});
    EXPECT_THAT(judged(gitaly_servers, fleet, to("17.3.7")), Contains(says(v1::BLOCKER, "git_too_old")));
    EXPECT_THAT(
        judged(gitaly_servers, fleet_of({web(has("LINUX_PACKAGE") + gitaly("2.44.1"))}), to("17.3.7")),
        Each(Not(says(v1::BLOCKER, "git_too_old"))));
}

}  // namespace
}  // namespace preflight::readiness
