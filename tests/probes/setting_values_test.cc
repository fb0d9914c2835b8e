#include "probes/setting_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SettingValues, KnowAKeyByItsForm) {
    for (const auto* key :
         {"external_url", "gitlab_rails['auto_migrate']", "gitaly['configuration']['git']['bin_path']",
          "registry['notifications'][]['threshold']", "gitlab_pages['daemon-inplace-chroot']"}) {
        EXPECT_TRUE(is_setting_key(key)) << key;
    }
    for (const auto* key : {"", "gitlab_rails['']", "a['b", "a[b]", "a['user:CANARY']", "a['CANARY secret']",
                            "a['b']x", "a['http://u@h']", "a['\xff']"}) {
        EXPECT_FALSE(is_setting_key(key)) << key;
    }
    EXPECT_FALSE(is_setting_key("a['" + std::string(100, 'x') + "']"));
}

TEST(SettingValues, TakeAKeyApart) {
    EXPECT_THAT(parts_of_setting("registry['notifications'][]['threshold']"),
                ElementsAre("registry", "notifications", "[]", "threshold"));
    EXPECT_THAT(parts_of_setting("external_url"), ElementsAre("external_url"));
    EXPECT_THAT(parts_of_setting("a['b"), IsEmpty());
}

TEST(SettingValues, ShowTruthsAndNumbersButNoSecretNumber) {
    EXPECT_EQ(harmless_value("gitlab_rails['auto_migrate']", "false", false), "false");
    EXPECT_EQ(harmless_value("a['password']", "nil", false), "nil");
    EXPECT_EQ(harmless_value("postgresql['port']", "5432", false), "5432");
    EXPECT_EQ(harmless_value("gitlab_rails['smtp_password']", "12345678", false), "");
    EXPECT_EQ(harmless_value("gitlab_rails['DB_PassWord']", "12345678", false), "");
    EXPECT_EQ(harmless_value("x['n']", std::string(40, '7'), false), "");
    for (const auto* key : {"gitlab_rails['env']['SMTP_PASS']", "gitlab_rails['env']['N']", "a['x_pwd']",
                            "a['SMTP_PASS']", "a['basic_auth']"}) {
        EXPECT_EQ(harmless_value(key, "12345678", false), "") << key;
        EXPECT_EQ(harmless_value(key, "true", false), "true") << key;
    }
}

TEST(SettingValues, TellAPortOnlyWhereOneIs) {
    const auto port = [](std::string_view host) {
        return form_of("gitlab_rails['gitlab_ssh_host']", host)->has_port();
    };
    EXPECT_TRUE(port("git.example.test:2222"));
    EXPECT_TRUE(port("[2001:db8::7]:2222"));
    for (const auto* host :
         {"git.example.test", "2001:db8::7", "[2001:db8::7]", "git.example.test:", ":", ""})
        EXPECT_FALSE(port(host)) << host;
    EXPECT_FALSE(form_of("gitlab_rails['db_password']", "CANARY:1").has_value());
}

TEST(SettingValues, ShowTextsOfTheListAlone) {
    EXPECT_EQ(harmless_value("gitlab_rails['backup_path']", "/srv/backups", true), "/srv/backups");
    EXPECT_EQ(harmless_value("gitlab_rails['time_zone']", "UTC", true), "UTC");
    EXPECT_EQ(harmless_value("gitlab_rails['backup_path']", "user:CANARY@host", true), "");
    EXPECT_EQ(harmless_value("gitlab_rails['db_password']", "CANARY", true), "");
    EXPECT_EQ(harmless_value("gitlab_rails['any']", "true", true), "");
}

}  // namespace
}  // namespace preflight::probes
