#include "readiness/checks/backup_configuration.h"

#include "tests/readiness/fleet_builder.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

constexpr std::string_view saved =
    "findings { probe: 'backups' configuration_backup { path: '/etc/gitlab/config_backup/c.tar' "
    "members_read: true has_secrets: true has_gitlab_rb: true secrets_equal: EQUAL } } ";

FleetNode web(std::string_view name, std::string_view more) {
    return node(name, installed("19.2.4") + roles("RAILS") + std::string(more));
}

std::vector<v1::Verdict> judge_nodes(std::vector<FleetNode> nodes) {
    return judged(backup_configuration, fleet_of(std::move(nodes)));
}

TEST(BackupConfiguration, IsReadyWhereTheSecretsAreBackedUpSinceTheirLastChange) {
    EXPECT_THAT(judge_nodes({web("web1", saved)}),
                ElementsAre(AllOf(says(v1::READY, "backed_up"), on(Names{"web1"}))));
}

TEST(BackupConfiguration, AsksForTheConfigurationBesideTheSecrets) {
    const std::string secrets =
        "findings { probe: 'backups' configuration_backup { path: '/s.tar' members_read: true has_secrets: "
        "true secrets_equal: EQUAL } } ";
    const std::string rb =
        "findings { probe: 'backups' configuration_backup { path: '/r.tar' members_read: true has_gitlab_rb: "
        "true } } ";
    EXPECT_THAT(judge_nodes({web("web1", secrets)}), ElementsAre(says(v1::WARNING, "without_gitlab_rb")));
    EXPECT_THAT(judge_nodes({web("web1", secrets + rb)}), ElementsAre(says(v1::READY, "backed_up")));
}

TEST(BackupConfiguration, IsNotHiddenByATornArchiveOfTheApplication) {
    const auto torn =
        "findings { probe: 'backups' backup_archive { path: '/srv/backups/a_gitlab_backup.tar' } } "
        "findings { probe: 'backups' source: '/srv/backups/a_gitlab_backup.tar' gap { cause: MALFORMED } }";
    EXPECT_THAT(judge_nodes({web("web1", torn)}), ElementsAre(says(v1::BLOCKER, "none")));
}

TEST(BackupConfiguration, BlocksWhereNoNodeHasABackupOfTheSecrets) {
    constexpr auto without_secrets =
        "findings { probe: 'backups' configuration_backup { path: '/c.tar' members_read: true has_gitlab_rb: "
        "true } }";
    EXPECT_THAT(judge_nodes({web("web1", ""), web("web2", without_secrets)}),
                ElementsAre(AllOf(says(v1::BLOCKER, "none"), on(Names{"web1", "web2"}))));
}

TEST(BackupConfiguration, WarnsOfNodesWithoutOneOfTheirOwn) {
    EXPECT_THAT(judge_nodes({web("web1", saved), web("web2", "")}),
                UnorderedElementsAre(says(v1::READY, "backed_up"),
                                     AllOf(says(v1::WARNING, "some_without"), on(Names{"web2"}))));
}

TEST(BackupConfiguration, WarnsWhereAFileChangedAfterItsBackup) {
    const auto changed = std::string(saved) +
                         "findings { probe: 'secrets' secrets_file { path: '/etc/gitlab/gitlab.rb' kind: "
                         "CONFIGURATION present: true newer_than_configuration_backup: true } }";
    EXPECT_THAT(judge_nodes({web("web1", changed)}), ElementsAre(says(v1::WARNING, "outdated")));
}

// `seconds`: when it was made.
std::string copy_of(std::string_view seconds, std::string_view more) {
    return "findings { probe: 'backups' configuration_backup { path: '/" + std::string(seconds) +
           ".tar' created_at { seconds: " + std::string(seconds) +
           " } members_read: true has_secrets: true has_gitlab_rb: true " + std::string(more) + " } } ";
}

TEST(BackupConfiguration, WarnsWhereTheNewestHoldsOtherSecrets) {
    const auto older = copy_of("100", "secrets_equal: EQUAL");
    const auto newest = copy_of("200", "secrets_equal: DIFFERENT");
    for (const auto& both : {older + newest, newest + older}) {
        const auto verdicts = judge_nodes({web("web1", both)});
        ASSERT_THAT(verdicts, ElementsAre(says(v1::WARNING, "other_secrets")));
        EXPECT_EQ(verdicts[0].evidence(0).what(), "/200.tar holds other secrets");
    }
}

TEST(BackupConfiguration, IsReadyWhereOlderOnesHoldOtherSecrets) {
    const auto older = copy_of("100", "secrets_equal: DIFFERENT");
    const auto newest = copy_of("200", "secrets_equal: EQUAL");
    for (const auto& both : {older + newest, newest + older}) {
        const auto verdicts = judge_nodes({web("web1", both)});
        ASSERT_THAT(verdicts, ElementsAre(says(v1::READY, "backed_up")));
        EXPECT_EQ(verdicts[0].evidence(0).what(), "/200.tar");
    }
}

TEST(BackupConfiguration, IsUnknownWhereTheSecretsWereNotCompared) {
    EXPECT_THAT(judge_nodes({web("web1", copy_of("200", "") + copy_of("100", "secrets_equal: EQUAL"))}),
                ElementsAre(says(v1::UNKNOWN, "not_compared")));
}

TEST(BackupConfiguration, IsUnknownWhereItCouldNotBeSeen) {
    constexpr auto unread = "findings { probe: 'backups' configuration_backup { path: '/c.tar' } }";
    EXPECT_THAT(judge_nodes({web("web1", unread)}), ElementsAre(says(v1::UNKNOWN, "unread")));
    EXPECT_THAT(judge_nodes({web("web1", gap("backups", "cause: DENIED"))}),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judge_nodes({silent_node("web1")}), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(
        judge_nodes({web("web1", std::string(saved) + "probes { probe: 'secrets' outcome: KILLED }")}),
        ElementsAre(says(v1::UNKNOWN, "unseen")))
        << "what changed since then is not known";
    EXPECT_THAT(judge_nodes({whole_gitaly()}), ElementsAre(says(v1::UNKNOWN, "no_rails")));
    EXPECT_THAT(judge_nodes({}), ElementsAre(says(v1::UNKNOWN, "no_rails")));
}

// The blind node may have one, so that there is none is not known.
TEST(BackupConfiguration, DoesNotSayNoneWhereOneNodeIsBlind) {
    EXPECT_THAT(judge_nodes({web("web1", ""), web("web2", gap("backups", "cause: TIMED_OUT"))}),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"web2", "web1"}))));
}

TEST(BackupConfiguration, IsUnknownForACloudNativeInstance) {
    EXPECT_THAT(
        judge_nodes({node("k8s", "findings { installation { method: CLOUD_NATIVE } }" + roles("RAILS"))}),
        ElementsAre(says(v1::UNKNOWN, "cloud_native")));
}

}  // namespace
}  // namespace preflight::readiness
