#include "probes/configuration_backups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/backups.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/tar_writer.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

TEST(ConfigurationBackups, ThatCouldNotBeSeenAreGaps) {
    NodeTree tree;
    const std::string folder = "/etc/gitlab/config_backup/gitlab_config_";
    tree.link(folder + "1786500000_2026_08_12.tar", "/mnt/gone.tar")
        .fifo(folder + "1786400000_2026_08_11.tar");
    EXPECT_THAT(tree.look(backups),
                UnorderedElementsAre(gap(v1::Gap::ABSENT, folder + "1786500000_2026_08_12.tar"),
                                     gap(v1::Gap::REFUSED, folder + "1786400000_2026_08_11.tar")));
}

TEST(ConfigurationBackups, AreFoundWhereTheirSchedulesPutThem) {
    NodeTree tree;
    const auto whole = TarWriter().file("/etc/gitlab/gitlab.rb", "#").finish();
    tree.directory("/opt/gitlab")
        .file("/etc/crontab",
              "1 1 * * * root gitlab-ctl backup-etc -p /srv/kept/\n2 2 * * * root gitlab-ctl backup-etc -p "
              "/gone\n"
              "3 3 * * * root gitlab-ctl backup-etc --backup-path $CANARY\n")
        .file("/srv/kept/gitlab_config_1786500000_2026_08_12.tar", whole)
        .file("/etc/gitlab/config_backup/gitlab_config_1786400000_2026_08_11.tar", whole);
    std::vector<std::string> paths;
    std::vector<std::string> unseen;
    const auto found = tree.look(backups);
    for (const auto& one : found) {
        if (one.has_configuration_backup()) paths.push_back(one.configuration_backup().path());
        if (one.has_gap()) unseen.push_back(one.source());
    }
    EXPECT_THAT(paths, ElementsAre("/srv/kept/gitlab_config_1786500000_2026_08_12.tar",
                                   "/etc/gitlab/config_backup/gitlab_config_1786400000_2026_08_11.tar"));
    EXPECT_THAT(unseen, ElementsAre("/etc/crontab", "/gone"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

}  // namespace
}  // namespace preflight::probes
