#include "readiness/checks/backup_schedule.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

std::string schedule(std::string_view kind = "APPLICATION", std::string_view more = "") {
    return "findings { probe: 'backups' source: '/etc/cron.d/backup' backup_schedule { source: "
           "'/etc/cron.d/backup' when: '0 2 * * *' kind: " +
           std::string(kind) + " " + std::string(more) + " } } ";
}

const std::string both = schedule() + schedule("CONFIGURATION");

std::string site(std::string_view role) {
    return "findings { probe: 'geo' geo_role { role: " + std::string(role) + " } } ";
}

FleetNode web(const std::string& findings, std::string_view name = "web1",
              std::string_view role = "NOT_CONFIGURED") {
    return node(name, installed("19.2.4") + roles("RAILS") + site(role) + ran({"backups"}) + findings);
}

std::vector<v1::Verdict> of(std::vector<FleetNode> nodes) {
    return judged(backup_schedule, fleet_of(std::move(nodes)));
}

TEST(BackupSchedule, IsReadyWhereOneNodeMakesBackupsByItself) {
    const auto verdicts = of({web(both), web(schedule("CONFIGURATION"), "web2")});
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::READY, "scheduled"), on(Names{"web1"}))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "/etc/cron.d/backup: 0 2 * * *");
}

TEST(BackupSchedule, WarnsWhereNothingStartsABackup) {
    EXPECT_THAT(of({web(schedule("CONFIGURATION"))}),
                ElementsAre(AllOf(says(v1::WARNING, "none"), on(Names{"web1"}))));
}

TEST(BackupSchedule, NotesNodesWhoseConfigurationIsOnNoSchedule) {
    EXPECT_THAT(
        of({web(both), web("", "web2")}),
        ElementsAre(says(v1::READY, "scheduled"), AllOf(says(v1::NOTE, "configuration"), on(Names{"web2"}))));
}

TEST(BackupSchedule, DoesNotCountATimerThatNothingStarts) {
    const auto verdicts = of({web(schedule("APPLICATION", "disabled: true")), web("", "web2")});
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::WARNING, "disabled"), on(Names{"web1"})),
                                      AllOf(says(v1::NOTE, "configuration"), on(Names{"web1", "web2"}))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "/etc/cron.d/backup: 0 2 * * * (timer not enabled)");
    EXPECT_THAT(of({web(schedule("APPLICATION", "disabled: true") + both)}),
                ElementsAre(says(v1::READY, "scheduled")));
    EXPECT_THAT(of({web(schedule() + schedule("CONFIGURATION", "disabled: true"))}),
                ElementsAre(says(v1::READY, "scheduled"), says(v1::NOTE, "configuration")));
}

TEST(BackupSchedule, DoesNotCountOneThatLeavesOutDatabaseOrRepositories) {
    for (const std::string task : {"db", "repositories"}) {
        const auto verdicts =
            of({web(schedule("APPLICATION", "skips: ['" + task + "', 'lfs']") + schedule("CONFIGURATION"))});
        ASSERT_THAT(verdicts, ElementsAre(says(v1::WARNING, "parts")));
        EXPECT_EQ(verdicts[0].evidence(0).what(), "/etc/cron.d/backup: 0 2 * * *, skips " + task + ", lfs");
    }
    EXPECT_THAT(of({web(schedule("APPLICATION", "skips: 'lfs'") + schedule("CONFIGURATION"))}),
                ElementsAre(says(v1::READY, "scheduled")));
    EXPECT_THAT(of({web(schedule("APPLICATION", "skips: '?'") + schedule("CONFIGURATION"))}),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
}

// A host without GitLab may start the backup of its container.
TEST(BackupSchedule, MayLieOnAHostWithoutGitlab) {
    const auto host =
        node("host", "findings { probe: 'installation' installation { method: NONE } }" + schedule());
    EXPECT_THAT(of({web(schedule("CONFIGURATION")), host}),
                ElementsAre(AllOf(says(v1::READY, "scheduled"), on(Names{"host"}))));
}

TEST(BackupSchedule, DoesNotCountOnASecondarySite) {
    EXPECT_THAT(of({web(schedule("CONFIGURATION"), "web1", "PRIMARY"), web(both, "copy1", "SECONDARY")}),
                ElementsAre(AllOf(says(v1::WARNING, "none"), on(Names{"web1"}))));
    // Lost, the role may have been a secondary's.
    const auto of_some_site = node("web1", installed("19.2.4") + roles("RAILS") + ran({"backups"}) + both);
    EXPECT_THAT(of({of_some_site}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(BackupSchedule, IsUnknownWhereItCouldNotBeSeen) {
    EXPECT_THAT(of({web(gap("backups", "cause: DENIED affects: 'backup schedules'"))}),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of({web(schedule("CONFIGURATION")), silent_node("web2")}),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"web2"}))))
        << "there may be one on the silent node";
    EXPECT_THAT(of({node("db1", installed("19.2.4") + roles("POSTGRESQL"))}),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of({}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

}  // namespace
}  // namespace preflight::readiness
