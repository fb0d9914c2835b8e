#include "readiness/checks/system_filesystems.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;

std::string filesystem(std::string_view more) {
    return "findings { probe: 'system' filesystem { mount_point: '/srv' " +
           with_others(more, {{"type", "'ext4'"},
                              {"paths", "'/srv/git'"},
                              {"size_bytes", "9000"},
                              {"inodes", "1000"},
                              {"inodes_available", "900"}}) +
           " } } ";
}

std::string gitaly() {
    return roles("GITALY") +
           "findings { probe: 'endpoints' gitaly_server { storages { name: 'default' path: '/srv/git' } } } ";
}

std::vector<v1::Verdict> of(std::string_view more, const std::string& others = gitaly()) {
    return judged(system_filesystems, fleet_of({node("gitaly1", others + filesystem(more))}));
}

TEST(SystemFilesystems, AreReadyWhereNothingIsWrong) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::READY, "fit")));
    EXPECT_THAT(of("inodes: 0"), ElementsAre(says(v1::READY, "fit")));
    expect_no_loss_is_green(system_filesystems, fleet_of({node("gitaly1", filesystem(""))}));
}

TEST(SystemFilesystems, BlockWhatCannotBeWritten) {
    EXPECT_THAT(of("read_only: true"), ElementsAre(says(v1::BLOCKER, "read_only")));
    EXPECT_THAT(of("read_only: true paths: '/'"), ElementsAre(says(v1::READY, "fit")));
}

TEST(SystemFilesystems, CountInodes) {
    EXPECT_THAT(of("inodes_available: 50"), ElementsAre(says(v1::READY, "fit")));
    EXPECT_THAT(of("inodes_available: 49"), ElementsAre(says(v1::WARNING, "inodes_few")));
    EXPECT_THAT(of("inodes_available: 9"), ElementsAre(says(v1::BLOCKER, "inodes_gone")));
    EXPECT_THAT(of("inodes: 18446744073709551615 inodes_available: 18446744073709551615"),
                ElementsAre(says(v1::READY, "fit")));
}

TEST(SystemFilesystems, WarnOfRepositoriesOnANetwork) {
    EXPECT_THAT(of("network: true type: 'nfs4'"), ElementsAre(says(v1::WARNING, "network")));
    EXPECT_THAT(of("network: true paths: '/var/opt/gitlab/git-data'"),
                ElementsAre(says(v1::WARNING, "network")));
    EXPECT_THAT(of("network: true paths: '/srv/backups'"), ElementsAre(says(v1::READY, "fit")));
    EXPECT_THAT(of("network: true paths: '/var/opt/gitlab/git-data'", roles("RAILS")),
                ElementsAre(says(v1::READY, "fit")));
}

TEST(SystemFilesystems, AreUnknownWhereTheyWereNotSeen) {
    EXPECT_THAT(of("size_bytes: 0"), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(system_filesystems, fleet_of({node("gitaly1", gitaly())})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(system_filesystems, fleet_of({silent_node("gitaly1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(system_filesystems, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(SystemFilesystems, DoNotApplyWithoutGitLab) {
    const auto none = "findings { probe: 'installation' installation { method: NONE } } ";
    EXPECT_THAT(judged(system_filesystems, fleet_of({node("lb1", none)})),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_gitlab")));
}

}  // namespace
}  // namespace preflight::readiness
