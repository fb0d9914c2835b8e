#include "probes/backup_name.h"

#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

TEST(BackupName, TellsTimeVersionAndEdition) {
    const auto name = parse_backup_name("1755000000_2026_08_12_19.2.1-ee_gitlab_backup.tar");
    ASSERT_TRUE(name);
    EXPECT_EQ(name->unix_seconds, 1755000000);
    EXPECT_EQ(name->version, (BackupVersion{"19.2.1", v1::EE}));
    EXPECT_EQ(name->backup_id, "1755000000_2026_08_12_19.2.1-ee");
}

TEST(BackupName, TakesAVersionWithoutSuffixForCommunityEdition) {
    EXPECT_EQ(parse_backup_name("1755000000_2026_08_12_19.2.1_gitlab_backup.tar")->version,
              (BackupVersion{"19.2.1", v1::CE}));
    EXPECT_EQ(parse_backup_version("18.11.4-ce"), (BackupVersion{"18.11.4", v1::CE}));
}

TEST(BackupName, KeepsWhatStandsBeforeARelease) {
    EXPECT_EQ(parse_backup_version("19.3.0-pre"), (BackupVersion{"19.3.0-pre", v1::CE}));
    EXPECT_EQ(parse_backup_version("19.3.0.pre"), (BackupVersion{"19.3.0.pre", v1::CE}));
    EXPECT_EQ(parse_backup_version("19.3.0-rc42-ee"), (BackupVersion{"19.3.0-rc42", v1::EE}));
}

TEST(BackupName, TakesANameGivenByHandForNoMoreThanAName) {
    for (const std::string_view name :
         {"before-upgrade_gitlab_backup.tar", "_gitlab_backup.tar", "1755000000_gitlab_backup.tar",
          "1755000000_2026_08_12_gitlab_backup.tar", "1755000000_2026_08_12_19.2_gitlab_backup.tar",
          "12345_2026_08_12_19.2.1_gitlab_backup.tar", "1755000000_2026_8_12_19.2.1_gitlab_backup.tar",
          "1755000000_2026_08_12_19.2.1-xx_gitlab_backup.tar",
          "99999999999999999999_2026_08_12_19.2.1_gitlab_backup.tar"}) {
        const auto parsed = parse_backup_name(name);
        ASSERT_TRUE(parsed) << name;
        EXPECT_FALSE(parsed->unix_seconds) << name;
        EXPECT_FALSE(parsed->version) << name;
    }
    EXPECT_EQ(parse_backup_name("before-upgrade_gitlab_backup.tar")->backup_id, "before-upgrade");
}

TEST(BackupName, IsNoneForOtherFiles) {
    EXPECT_FALSE(parse_backup_name("1755000000_2026_08_12_19.2.1-ee_gitlab_backup.tar.part"));
    EXPECT_FALSE(parse_backup_name("uploads.tar.gz"));
    EXPECT_FALSE(parse_backup_name(""));
}

TEST(BackupName, TellsTheTimeOfAConfigurationBackup) {
    EXPECT_EQ(parse_configuration_backup_name("gitlab_config_1755000000_2026_08_12.tar"), 1755000000);
    EXPECT_FALSE(parse_configuration_backup_name("gitlab_config_1755000000_2026_08_12.tar.gz"));
    EXPECT_FALSE(parse_configuration_backup_name("gitlab_config_mine.tar"));
}

TEST(BackupName, RefusesWhatIsNoVersion) {
    for (const std::string_view text : {"", "19", "19.2", "19.2.", "v19.2.1", "19.2.1-", "19.2.1-rc",
                                        "19.2.1 ", "999999.1.1", "19.2.1-ee-ee"}) {
        EXPECT_FALSE(parse_backup_version(text)) << text;
    }
}

}  // namespace
}  // namespace preflight::probes
