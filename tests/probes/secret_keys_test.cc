#include "probes/secret_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(SecretKeys, NamesWhatIsThereAndWhatIsNot) {
    const auto keys = parse_secrets_json(R"({
        "gitlab_rails": {"db_key_base": "CANARY", "secret_key_base": "CANARY", "otp_key_base": "CANARY",
                         "encrypted_settings_key_base": "CANARY", "openid_connect_signing_key": "CANARY",
                         "active_record_encryption_primary_key": ["CANARY"],
                         "active_record_encryption_deterministic_key": ["CANARY"],
                         "active_record_encryption_key_derivation_salt": "CANARY"},
        "gitlab_shell": {"secret_token": "CANARY"}})",
                                         "s");
    ASSERT_TRUE(keys);
    EXPECT_THAT(keys->present, SizeIs(9));
    EXPECT_THAT(keys->present, Contains("gitlab_rails.active_record_encryption_primary_key"));
    EXPECT_THAT(keys->missing, ElementsAre("gitlab_workhorse.secret_token"));
}

TEST(SecretKeys, TakesAnEmptyValueForMissing) {
    for (const std::string value : {"\"\"", "null", "[]", "[\"\"]", "{}", "7", "[null]"}) {
        const auto keys = parse_secrets_json(R"({"gitlab_rails": {"db_key_base": )" + value + "}}", "s");
        EXPECT_THAT(keys->present, IsEmpty()) << value;
        EXPECT_THAT(keys->missing, Contains("gitlab_rails.db_key_base")) << value;
    }
}

TEST(SecretKeys, DoNotComeFromATornFileNorDoesItsContent) {
    for (const std::string text :
         {"", "{\"gitlab_rails\": {\"db_key_base\": \"CANARY", "CANARY", "[\"CANARY\"]"}) {
        const auto keys = parse_secrets_json(text, "s");
        ASSERT_FALSE(keys);
        EXPECT_EQ(keys.error().cause, v1::Gap::MALFORMED);
        EXPECT_THAT(keys.error().detail, Not(HasSubstr("CANARY")));
    }
}

TEST(SecretKeys, OfRailsAloneAreReadFromSecretsYml) {
    const auto keys = parse_secrets_yml(
        "production:\n  db_key_base: CANARY\n  otp_key_base: CANARY\n"
        "  active_record_encryption_primary_key:\n  - CANARY\n  secret_key_base:\n",
        "s");
    ASSERT_TRUE(keys);
    EXPECT_THAT(keys->present, ElementsAre("gitlab_rails.db_key_base", "gitlab_rails.otp_key_base",
                                           "gitlab_rails.active_record_encryption_primary_key"));
    EXPECT_THAT(keys->missing, SizeIs(5));
    EXPECT_FALSE(parse_secrets_yml("development:\n  db_key_base: CANARY\n", "s"));
    EXPECT_FALSE(parse_secrets_yml("production: [", "s"));
}

}  // namespace
}  // namespace preflight::probes
