#include "probes/cron.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

constexpr auto application = v1::BackupSchedule::APPLICATION;
constexpr auto configuration = v1::BackupSchedule::CONFIGURATION;

auto makes(v1::BackupSchedule::Kind kind) { return Field(&MadeBackup::kind, kind); }
auto skips(const Skips& skipped) { return Field(&MadeBackup::skips, skipped); }
auto into(const std::string& folder) { return Field(&MadeBackup::folder, folder); }

TEST(Cron, FindsBackupsInACrontabOfAUser) {
    EXPECT_THAT(
        parse_crontab("0 2 * * * /opt/gitlab/bin/gitlab-backup create CRON=1\n"
                      "15 04 * * 2-6 gitlab-ctl backup-etc && cd /etc/gitlab/config_backup\n"
                      "@daily gitlab-rake gitlab:backup:create\n",
                      CrontabForm::user),
        ElementsAre(ScheduledBackup{"0 2 * * *", application},
                    ScheduledBackup{"15 04 * * 2-6", configuration}, ScheduledBackup{"@daily", application}));
}

TEST(Cron, PassesOverTheUserInACrontabOfTheSystem) {
    EXPECT_THAT(parse_crontab("MAILTO=root\n*/30\t1,2 * jan-mar Sun root gitlab-backup create\n",
                              CrontabForm::system),
                ElementsAre(ScheduledBackup{"*/30 1,2 * jan-mar Sun", application}));
}

TEST(Cron, TellsBothKindsOfOneLine) {
    EXPECT_THAT(
        parse_crontab("0 2 * * * gitlab-ctl backup-etc; gitlab-backup create\n", CrontabForm::user),
        ElementsAre(ScheduledBackup{"0 2 * * *", configuration}, ScheduledBackup{"0 2 * * *", application}));
}

TEST(Cron, SeesBackupsThroughContainersShellsAndEnvironments) {
    for (const std::string_view command :
         {"docker exec -t gitlab gitlab-backup create", "sh -c 'gitlab-backup create SKIP=registry'",
          "TOKEN=CANARY nice -n 19 gitlab-backup create >/dev/null 2>&1", "(gitlab-backup create)",
          "cd /home/git/gitlab && sudo -u git -H bundle exec rake gitlab:backup:create RAILS_ENV=production",
          "gitlab-backup \\\n  create", "/opt/gitlab/bin/gitlab-backup-cli backup all"}) {
        EXPECT_THAT(backups_made_by(command), ElementsAre(makes(application))) << command;
    }
}

TEST(Cron, TellsWhatABackupSkips) {
    struct Case {
        std::string command;
        Skips skipped;
    };
    for (const auto& [command, skipped] :
         std::vector<Case>{{"gitlab-backup create SKIP=db,uploads CRON=1", {"db", "uploads"}},
                           {"SKIP=repositories gitlab-backup create > /dev/null 2>&1", {"repositories"}},
                           {"gitlab-backup create 2>&1 SKIP=db", {"db"}},
                           {"gitlab-backup create SKIP=\"db, lfs\"", {"db", "?"}},
                           {"sh -c 'gitlab-backup create SKIP=lfs'", {"lfs"}},
                           {"export SKIP=db\ngitlab-backup create", {"db"}},
                           {"SKIP='db'\nexport SKIP\ngitlab-backup create", {"db"}},
                           {"export SKIP=db\nSKIP= gitlab-backup create", {}},
                           {"gitlab-backup create SKIP=$CANARY", {"?"}},
                           {"gitlab-backup create SKIP=db,%i", {"db", "?"}},
                           {"tar c SKIP=db; gitlab-backup create", {}},
                           {"gitlab-backup create SKIP_REPOSITORIES_PATHS=a/b", {}}}) {
        EXPECT_THAT(backups_made_by(command), ElementsAre(skips(skipped))) << command;
    }
}

TEST(Cron, TellsBackupsApartThatSkipOtherParts) {
    EXPECT_THAT(
        backups_made_by("gitlab-backup create SKIP=db; gitlab-backup create && gitlab-backup create\n"),
        ElementsAre(skips({"db"}), skips({})));
}

TEST(Cron, KnowsVariablesThatStandAboveTheLine) {
    EXPECT_THAT(
        parse_crontab("1 1 * * * gitlab-backup create\nSKIP = \"db\"\n2 2 * * * gitlab-backup create\n",
                      CrontabForm::user),
        ElementsAre(ScheduledBackup{"1 1 * * *", application, {}, "", false},
                    ScheduledBackup{"2 2 * * *", application, {"db"}, "", false}));
}

TEST(Cron, TellsTheFolderOfABackupOfTheConfiguration) {
    for (const std::string_view command :
         {"gitlab-ctl backup-etc -p /srv/kept/", "gitlab-ctl backup-etc --backup-path /srv/kept",
          "gitlab-ctl backup-etc --backup-path=/srv/kept && cp -p /etc/hosts /x"}) {
        EXPECT_THAT(backups_made_by(command), ElementsAre(into("/srv/kept"))) << command;
    }
    EXPECT_THAT(backups_made_by("gitlab-ctl backup-etc -p $CANARY"), ElementsAre(into("?")));
    EXPECT_THAT(backups_made_by("gitlab-ctl backup-etc"), ElementsAre(into("")));
}

TEST(Cron, DoesNotCountCommentsAndOtherCommands) {
    for (const std::string_view line :
         {"# 0 2 * * * gitlab-backup create", "  #0 2 * * * gitlab-backup create",
          "0 2 * * * true # gitlab-backup create", "0 2 * * * gitlab-backup restore",
          "0 2 * * * gitlab-rake gitlab:backup:db:create", "0 2 * * * echo my-gitlab-backup create",
          "COMMAND=gitlab-backup create", "0 2 * * gitlab-backup create",
          "0 2 * * * mail x%gitlab-backup create", "@reboot gitlab-backup create"}) {
        EXPECT_THAT(parse_crontab(line, CrontabForm::user), IsEmpty()) << line;
    }
}

TEST(Cron, TakesNoTextForATime) {
    EXPECT_THAT(parse_crontab("CANARY 2 * * * gitlab-backup create\n@CANARY gitlab-backup create\n"
                              "0 0 0 0 " +
                                  std::string(100, '1') + " gitlab-backup create\n",
                              CrontabForm::user),
                IsEmpty());
}

TEST(Cron, SurvivesLinesOfNonsense) {
    for (const std::string& text :
         {std::string(100'000, '*'), std::string(1000, '\n'), std::string("\\\n\\\n\\"),
          std::string("0 2 * * *"), std::string("%%%"), std::string(3, '\0')}) {
        EXPECT_THAT(parse_crontab(text, CrontabForm::system), IsEmpty());
        EXPECT_THAT(backups_made_by(text), IsEmpty());
    }
}

TEST(SystemdTimer, TellsItsCalendarAndUnit) {
    const auto timer = parse_systemd_timer(
        "[Unit]\nOnCalendar=never\n\n[Timer]\n; nightly\nOnCalendar=*-*-* 02:00:00\n"
        "OnUnitActiveSec=1d\nUnit=backup@gitlab.service\nPersistent=true\n");
    EXPECT_THAT(timer.when, ElementsAre("*-*-* 02:00:00", "OnUnitActiveSec=1d"));
    EXPECT_EQ(timer.unit, "backup@gitlab.service");
}

TEST(SystemdTimer, ForgetsWhatAnEmptyValueResets) {
    EXPECT_THAT(parse_systemd_timer("[Timer]\nOnCalendar=daily\nOnCalendar=\nOnCalendar=weekly\n").when,
                ElementsAre("weekly"));
}

TEST(SystemdTimer, TakesNothingForATimeThatSystemdDoesNot) {
    EXPECT_THAT(
        parse_systemd_timer("[Timer]\nOnCANARY\x01\xff = daily\nOnClockChange=yes\nOnBootSec=15min\n").when,
        ElementsAre("OnBootSec=15min"));
}

TEST(SystemdTimer, FindsTheBackupInItsService) {
    EXPECT_THAT(backups_made_by_service("[Service]\nType=oneshot\nEnvironment=X=gitlab-backup create\n"
                                        "ExecStartPre=-/usr/bin/gitlab-ctl \\\n  backup-etc\n"
                                        "ExecStart=/usr/bin/docker exec gitlab gitlab-backup create\n"),
                ElementsAre(makes(configuration), makes(application)));
    EXPECT_THAT(
        backups_made_by_service("[Service]\nEnvironment=A=b \"SKIP=db\"\nExecStart=gitlab-backup create\n"),
        ElementsAre(skips({"db"})));
    EXPECT_THAT(backups_made_by_service("[Service]\n#ExecStart=gitlab-backup create\n[Install]\n"
                                        "ExecStart=gitlab-backup create\n"),
                IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
