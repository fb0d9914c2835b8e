#include "readiness/checks/secrets_present.h"

#include <algorithm>

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

std::string file(std::string_view fields) {
    return "findings { probe: 'secrets' source: '/etc/gitlab/x' secrets_file { path: '/etc/gitlab/x' kind: "
           "SECRETS " +
           std::string(fields) + " } } ";
}

std::string file_of_kind(std::string_view kind, std::string_view path, std::string_view fields) {
    return "findings { probe: 'secrets' source: '" + std::string(path) + "' secrets_file { path: '" +
           std::string(path) + "' kind: " + std::string(kind) + " " + std::string(fields) + " } } ";
}

std::vector<v1::Verdict> judge_text(const std::string& text, std::string_view role = "RAILS",
                                    std::string_view version = "19.2.4") {
    return judged(secrets_present, fleet_of({node("n1", installed(version) + roles(role) + text)}));
}

// With a gitlab.rb that is well.
std::vector<v1::Verdict> judge_node(const std::string& text, std::string_view role = "RAILS",
                                    std::string_view version = "19.2.4") {
    return judge_text(
        text + file_of_kind("CONFIGURATION", "/etc/gitlab/gitlab.rb", "present: true well_formed: true"),
        role, version);
}

TEST(SecretsPresent, IsReadyWhereTheFileIsThereWholeAndClosed) {
    EXPECT_THAT(judge_text(whole_secrets()), ElementsAre(AllOf(says(v1::READY, "present"), on(Names{"n1"}))));
}

// A key of which nothing is told may lie open all the same.
TEST(SecretsPresent, IsUnknownWhereTheProbeWasCutShort) {
    EXPECT_THAT(judge_text(whole_secrets() + "probes { probe: 'secrets' outcome: TIMED_OUT } "),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(SecretsPresent, BlocksAMissingFileOnRailsAndSidekiq) {
    EXPECT_THAT(judge_node(file("")), ElementsAre(says(v1::BLOCKER, "missing")));
    EXPECT_THAT(judge_node(file(""), "SIDEKIQ"), ElementsAre(says(v1::BLOCKER, "missing")));
}

TEST(SecretsPresent, WarnsOfAMissingFileElsewhere) {
    EXPECT_THAT(judge_node(file(""), "GITALY"), ElementsAre(says(v1::WARNING, "missing_elsewhere")));
}

TEST(SecretsPresent, BlocksAMalformedFile) {
    EXPECT_THAT(judge_node(file("present: true")), ElementsAre(says(v1::BLOCKER, "malformed")));
    EXPECT_THAT(judge_node(file("present: true") + gap("secrets", "cause: MALFORMED")),
                ElementsAre(says(v1::BLOCKER, "malformed")));
}

TEST(SecretsPresent, BlocksMissingKeysAndNamesThem) {
    const auto lacking = file(
        "present: true well_formed: true keys_missing: ['gitlab_rails.otp_key_base', "
        "'gitlab_rails.db_key_base']");
    EXPECT_THAT(judge_node(lacking),
                ElementsAre(AllOf(says(v1::BLOCKER, "keys_missing"),
                                  mentions("gitlab_rails.db_key_base, gitlab_rails.otp_key_base"))));
    EXPECT_THAT(judge_node(lacking, "GITALY"), ElementsAre(says(v1::WARNING, "keys_missing_elsewhere")));
}

TEST(SecretsPresent, AsksForActiveRecordKeysFrom17_8) {
    const auto lacking = file(
        "present: true well_formed: true keys_missing: 'gitlab_rails.active_record_encryption_primary_key'");
    EXPECT_THAT(judge_node(lacking, "RAILS", "17.7.7"), ElementsAre(says(v1::READY, "present")));
    EXPECT_THAT(judge_node(lacking, "RAILS", "17.8.0"), ElementsAre(says(v1::BLOCKER, "keys_missing")));
}

TEST(SecretsPresent, WarnsOfFilesThatOthersCanRead) {
    const auto open_key = file_of_kind("TLS_KEY", "/etc/gitlab/ssl/a.key",
                                       "present: true well_formed: true mode: '0644' others_can_read: true");
    const auto open_certificate =
        file_of_kind("TLS_CERTIFICATE", "/etc/gitlab/ssl/a.crt",
                     "present: true well_formed: true mode: '0644' others_can_read: true");
    EXPECT_THAT(judge_text(whole_secrets() + open_key), ElementsAre(says(v1::WARNING, "readable_by_others")));
    EXPECT_THAT(judge_text(whole_secrets() + open_certificate), ElementsAre(says(v1::READY, "present")));
}

// The file may be any key, so no command may name another one.
TEST(SecretsPresent, LeavesTheNameOfAnOpenFileToTheEvidence) {
    const auto texts = built_in_knowledge().checks();
    const auto text = std::ranges::find(texts, "secrets.present", &v1::CheckText::id);
    const auto advice = std::ranges::find(text->advice(), "readable_by_others", &v1::Advice::key);
    EXPECT_THAT(advice->commands(0).argv(), ElementsAre("chmod", "0600", "FILE"));
}

TEST(SecretsPresent, BlocksAMissingConfigurationWhereTheApplicationRuns) {
    const auto secrets = file("present: true well_formed: true");
    const auto missing = file_of_kind("CONFIGURATION", "/etc/gitlab/gitlab.rb", "");
    const auto malformed = file_of_kind("CONFIGURATION", "/etc/gitlab/gitlab.rb", "present: true");
    EXPECT_THAT(judge_text(secrets + missing), ElementsAre(says(v1::BLOCKER, "configuration_missing")));
    EXPECT_THAT(judge_text(secrets + missing, "GITALY"),
                ElementsAre(says(v1::WARNING, "configuration_missing")));
    EXPECT_THAT(judge_text(secrets + malformed), ElementsAre(says(v1::BLOCKER, "configuration_malformed")));
    EXPECT_THAT(judge_text(secrets + malformed, "GITALY"),
                ElementsAre(says(v1::WARNING, "configuration_malformed")));
    EXPECT_THAT(judge_text(secrets), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(SecretsPresent, WarnsOfKeysThatAreNotWhole) {
    for (const auto* kind : {"HOST_KEY", "TLS_KEY"}) {
        EXPECT_THAT(judge_node(file("present: true well_formed: true") +
                               file_of_kind(kind, "/etc/gitlab/some_key", "present: true")),
                    ElementsAre(says(v1::WARNING, "key_malformed")))
            << kind;
    }
}

TEST(SecretsPresent, IsUnknownWhereTheFileCouldNotBeSeen) {
    EXPECT_THAT(judge_node(gap("secrets", "cause: DENIED")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judge_node(file("present: true") + gap("secrets", "cause: DENIED")),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(secrets_present, fleet_of({silent_node("n1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(secrets_present, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(SecretsPresent, IsUnknownForACloudNativeInstance) {
    EXPECT_THAT(judged(secrets_present,
                       fleet_of({node("k8s", "findings { installation { method: CLOUD_NATIVE } }")})),
                ElementsAre(says(v1::UNKNOWN, "cloud_native")));
}

TEST(SecretsPresent, DoesNotApplyWithoutGitLab) {
    EXPECT_THAT(judged(secrets_present, fleet_of({node("lb", "findings { installation { method: NONE } }")})),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_gitlab")));
}

}  // namespace
}  // namespace preflight::readiness
