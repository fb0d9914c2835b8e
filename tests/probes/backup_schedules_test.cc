#include "probes/backup_schedules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/node_tree.h"
#include "tests/probes/unprivileged.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view command = "gitlab-backup create\n";

// "source: when", one for each.
std::vector<std::string> schedules(const NodeTree& tree) {
    std::vector<std::string> all;
    for (const auto& found : read_backup_schedules(tree.node()).found) {
        all.push_back(found.source + ": " + found.backup.when +
                      (found.backup.disabled ? " (timer not enabled)" : ""));
    }
    return all;
}

TEST(BackupSchedules, AreFoundInEveryCrontab) {
    NodeTree tree;
    tree.file("/etc/crontab", "1 1 * * * root " + std::string(command))
        .file("/etc/cron.d/gitlab", "2 2 * * * root " + std::string(command))
        .file("/var/spool/cron/crontabs/root", "3 3 * * * " + std::string(command))
        .file("/var/spool/cron/git", "4 4 * * * " + std::string(command));
    EXPECT_THAT(schedules(tree),
                ElementsAre("/etc/crontab: 1 1 * * *", "/etc/cron.d/gitlab: 2 2 * * *",
                            "/var/spool/cron/crontabs/root: 3 3 * * *", "/var/spool/cron/git: 4 4 * * *"));
}

TEST(BackupSchedules, AreFoundInScriptsThatTheDailyRunStarts) {
    NodeTree tree;
    tree.file("/etc/cron.daily/gitlab", "#!/bin/sh\n" + std::string(command), 0755)
        .file("/etc/cron.weekly/config", "#!/bin/sh\ngitlab-ctl backup-etc\n", 0755)
        .file("/etc/cron.daily/not-executable", command, 0644)
        .file("/etc/cron.daily/program",
              "\x7F"
              "ELF\n" +
                  std::string(command),
              0755);
    EXPECT_THAT(schedules(tree),
                ElementsAre("/etc/cron.daily/gitlab: @daily", "/etc/cron.weekly/config: @weekly"));
}

TEST(BackupSchedules, AreNotInFilesThatCronPassesOver) {
    NodeTree debian;
    debian.file("/etc/debian_version", "12.11\n")
        .file("/etc/cron.d/gitlab.off", "2 2 * * * root " + std::string(command));
    EXPECT_THAT(schedules(debian), IsEmpty());
    NodeTree red_hat;
    red_hat.file("/etc/cron.d/gitlab.rpmsave", "2 2 * * * root " + std::string(command))
        .file("/etc/cron.d/gitlab.cron", "2 2 * * * root " + std::string(command));
    EXPECT_THAT(schedules(red_hat), ElementsAre("/etc/cron.d/gitlab.cron: 2 2 * * *"));
}

TEST(BackupSchedules, AreFoundInSystemdTimersWithTheirServices) {
    NodeTree tree;
    tree.file("/etc/systemd/system/nightly.timer", "[Timer]\nOnCalendar=*-*-* 02:00:00\n")
        .file("/etc/systemd/system/nightly.service", "[Service]\nExecStart=/usr/bin/gitlab-backup create\n")
        .link("/etc/systemd/system/timers.target.wants/nightly.timer", "/etc/systemd/system/nightly.timer")
        .file("/etc/systemd/system/off.timer", "[Timer]\nOnCalendar=daily\nUnit=nightly.service\n")
        .link("/etc/systemd/system/masked.timer", "/dev/null")
        .file("/etc/systemd/system/other.timer", "[Timer]\nOnCalendar=daily\n");
    EXPECT_THAT(schedules(tree), ElementsAre("/etc/systemd/system/nightly.timer: *-*-* 02:00:00",
                                             "/etc/systemd/system/off.timer: daily (timer not enabled)"));
}

TEST(BackupSchedules, AreFoundWhereverSystemdSearchesForUnits) {
    NodeTree tree;
    tree.file("/usr/lib/systemd/system/shipped.timer", "[Timer]\nOnCalendar=daily\n")
        .file("/usr/lib/systemd/system/shipped.service", "[Service]\nExecStart=/bin/true\n")
        .file("/etc/systemd/system/shipped.service.d/backup.conf",
              "[Service]\nExecStart=\nExecStart=gitlab-backup create\n")
        .file("/run/systemd/system/dropped.timer", "[Timer]\nOnCalendar=daily\n")
        .file("/etc/systemd/system/dropped.timer.d/when.conf", "[Timer]\nOnCalendar=\nOnCalendar=weekly\n")
        .file("/run/systemd/system/dropped.service", "[Service]\nExecStart=gitlab-ctl backup-etc\n")
        .file("/etc/systemd/system/of@.timer", "[Timer]\nOnCalendar=monthly\n")
        .file("/etc/systemd/system/of@.service", "[Service]\nExecStart=gitlab-backup create SKIP=%i\n")
        .link("/etc/systemd/system/timers.target.wants/of@lfs.timer", "/etc/systemd/system/of@.timer")
        .file("/usr/lib/systemd/system/gone.timer", "[Timer]\nOnCalendar=daily\nUnit=of@x.service\n")
        .link("/etc/systemd/system/gone.timer", "/dev/null");
    EXPECT_THAT(schedules(tree),
                ElementsAre("/run/systemd/system/dropped.timer: weekly (timer not enabled)",
                            "/etc/systemd/system/of@.timer: monthly",
                            "/usr/lib/systemd/system/shipped.timer: daily (timer not enabled)"));
}

TEST(BackupSchedules, AreFoundInScriptsThatSchedulesStart) {
    NodeTree tree;
    tree.file("/usr/local/bin/nightly", "#!/bin/sh\nTOKEN=CANARY\n/opt/gitlab/bin/gitlab-backup create\n")
        .file("/var/log/nightly", "gitlab-backup create\n")
        .file("/etc/cron.d/gitlab", "1 1 * * * root /usr/local/bin/nightly >> /var/log/nightly 2>&1\n")
        .file("/etc/systemd/system/own.timer", "[Timer]\nOnCalendar=daily\n")
        .file("/etc/systemd/system/own.service", "[Service]\nExecStart=/bin/bash /usr/local/bin/nightly\n");
    EXPECT_THAT(schedules(tree), ElementsAre("/etc/cron.d/gitlab: 1 1 * * *",
                                             "/etc/systemd/system/own.timer: daily (timer not enabled)"));
}

TEST(BackupSchedules, SkipWhatTheScriptThatTheyStartSkips) {
    NodeTree tree;
    tree.file("/usr/local/bin/nightly", "#!/bin/sh\ngitlab-backup create\n")
        .file("/usr/local/bin/weekly", "#!/bin/sh\nexport SKIP=repositories\ngitlab-backup create\n")
        .file("/etc/cron.d/gitlab",
              "1 1 * * * root SKIP=db /usr/local/bin/nightly\n2 2 * * 0 root /usr/local/bin/weekly\n");
    std::vector<Skips> skipped;
    for (const auto& found : read_backup_schedules(tree.node()).found) skipped.push_back(found.backup.skips);
    EXPECT_THAT(skipped, ElementsAre(Skips{"db"}, Skips{"repositories"}));
}

TEST(BackupSchedules, AreFoundInAnacrontab) {
    NodeTree tree;
    tree.file("/etc/anacrontab",
              "SHELL=/bin/sh\n1 5 cron.daily nice run-parts /etc/cron.daily\n"
              "7 10 gitlab gitlab-backup create\n@monthly 15 CANARY gitlab-ctl backup-etc\n"
              "CANARY 5 x gitlab-backup create\n");
    EXPECT_THAT(schedules(tree), ElementsAre("/etc/anacrontab: every 7 days", "/etc/anacrontab: @monthly"));
}

TEST(BackupSchedules, SayWhichCrontabsCouldNotBeRead) {
    NodeTree tree;
    tree.file("/etc/crontab", std::string("0 2 * * *\0", 10)).fifo("/etc/cron.d/pipe");
    tree.file("/etc/cron.d/large", std::string(300'000, '#')).file("/etc/cron.d/\xFF", command);
    tree.file("/var/spool/cron/crontabs/root", command, 0000);
    const Unprivileged nobody(tree);
    std::vector<std::string> problems;
    for (const auto& problem : read_backup_schedules(tree.node()).problems) {
        problems.push_back(problem.source + " " + v1::Gap::Cause_Name(problem.cause));
    }
    EXPECT_THAT(problems,
                ElementsAre("/etc/crontab MALFORMED", "/etc/cron.d MALFORMED", "/etc/cron.d/large TOO_LARGE",
                            "/etc/cron.d/pipe REFUSED", "/var/spool/cron/crontabs/root DENIED"));
}

TEST(BackupSchedules, AreNoneOnABareNode) {
    const auto schedules = read_backup_schedules(NodeTree().node());
    EXPECT_THAT(schedules.found, IsEmpty());
    EXPECT_THAT(schedules.problems, IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
