#include "probes/configuration_secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/backups.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/tar_writer.h"

namespace preflight::probes {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using v1::ConfigurationBackup;

constexpr std::string_view live =
    R"({"gitlab_rails": {"db_key_base": "CANARY1", "otp_key_base": "CANARY2"}})";

std::vector<v1::Finding> found(std::string_view kept, std::string_view live_text = live) {
    NodeTree tree;
    tree.file("/etc/gitlab/gitlab-secrets.json", live_text)
        .file("/etc/gitlab/config_backup/gitlab_config_1786500000_2026_08_12.tar",
              TarWriter().file("/etc/gitlab/gitlab-secrets.json", kept).finish());
    auto all = tree.look(backups);
    EXPECT_THAT(bytes_of(all), Not(HasSubstr("CANARY")));
    return all;
}

ConfigurationBackup::SecretsEqual equal(std::string_view kept) {
    return found(kept).front().configuration_backup().secrets_equal();
}

TEST(ConfigurationSecrets, AreEqualByValueWhateverTheirOrderAndBlanks) {
    EXPECT_EQ(equal(live), ConfigurationBackup::EQUAL);
    EXPECT_EQ(equal("{\n\"gitlab_rails\":{\"otp_key_base\":\"CANARY2\",\n\"db_key_base\":\"CANARY1\"}}\n"),
              ConfigurationBackup::EQUAL);
}

TEST(ConfigurationSecrets, AreDifferentWhereAnyKeyIs) {
    for (const std::string_view kept :
         {R"({"gitlab_rails": {"db_key_base": "CANARY1", "otp_key_base": "CANARY3"}})",
          R"({"gitlab_rails": {"db_key_base": "CANARY1"}})", R"({"CANARY": 1})"}) {
        EXPECT_EQ(equal(kept), ConfigurationBackup::DIFFERENT);
    }
}

TEST(ConfigurationSecrets, SayWhyTheyCouldNotBeCompared) {
    for (const auto& [kept, cause] : std::vector<std::pair<std::string, v1::Gap::Cause>>{
             {"CANARY", v1::Gap::MALFORMED},
             {"{}", v1::Gap::MALFORMED},
             {std::string(2'000'000, 'x'), v1::Gap::TOO_LARGE}}) {
        const auto all = found(kept);
        ASSERT_EQ(all.size(), 2U);
        EXPECT_THAT(all[1], gap(cause));
    }
    EXPECT_THAT(found(live, "CANARY").back(), gap(v1::Gap::MALFORMED));
}

}  // namespace
}  // namespace preflight::probes
