#include "readiness/checks/secrets_applied.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

std::string differs(std::string_view key, std::string_view probe = "secrets",
                    std::string_view detail = "the values differ") {
    return "findings { probe: '" + std::string(probe) +
           "' source: '/var/opt/gitlab/gitlab-kas/secret' difference { what: \"" + std::string(key) +
           "\" used: '/var/opt/gitlab/gitlab-kas/secret' other: '/etc/gitlab/gitlab-secrets.json' detail: '" +
           std::string(detail) + "' } } ";
}

FleetNode member(std::string_view with_roles, const std::string& findings = "",
                 std::string_view name = "n1") {
    return node(name, installed("19.2.4") + roles(with_roles) + ran({"secrets"}) + findings);
}

std::vector<v1::Verdict> of(std::vector<FleetNode> nodes) {
    return judged(secrets_applied, fleet_of(std::move(nodes)));
}

TEST(SecretsApplied, AreReadyWhereNoneDiffersFromItsSource) {
    EXPECT_THAT(of({member("RAILS"), member("GITALY", "", "n2")}),
                ElementsAre(AllOf(says(v1::READY, "applied"), on(Names{"n1", "n2"}))));
    EXPECT_THAT(of({member("RAILS", differs("gitlab_rails['db_host']", "settings"))}),
                ElementsAre(says(v1::READY, "applied")))
        << "what is no secret is judged with the settings";
}

TEST(SecretsApplied, BlockWhereReconfigureWouldTakeAKeyOfTheDatabaseAway) {
    for (const auto* key : {"gitlab_rails.db_key_base", "gitlab_rails.otp_key_base",
                            "gitlab_rails.active_record_encryption_primary_key"}) {
        EXPECT_THAT(of({member("RAILS", differs(key))}), ElementsAre(says(v1::BLOCKER, "rails"))) << key;
    }
    EXPECT_THAT(of({member("RAILS", differs("gitlab_rails.db_key_base", "secrets",
                                            "stands in the rendered file alone"))}),
                ElementsAre(says(v1::BLOCKER, "rails")));
}

TEST(SecretsApplied, WarnOfAServiceWithAnotherSecret) {
    const auto verdicts = of({member("KAS", differs("gitlab_kas.api_secret_key"))});
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::WARNING, "service"), on(Names{"n1"}))));
    EXPECT_EQ(verdicts[0].evidence(0).what(),
              "gitlab_kas.api_secret_key in /var/opt/gitlab/gitlab-kas/secret and "
              "/etc/gitlab/gitlab-secrets.json: the values differ");
    for (const auto* key : {"gitlab_pages.auth_secret", "registry.http_secret", "gitaly.gitlab_secret",
                            "registry.notification_secret", "gitlab_rails.orbit_secret"}) {
        EXPECT_THAT(of({member("RAILS", differs(key))}), ElementsAre(says(v1::WARNING, "service"))) << key;
    }
}

TEST(SecretsApplied, AreUnknownWhereTheProbeDidNotSeeThem) {
    EXPECT_THAT(of({member("GITALY", gap("secrets", "cause: DENIED"))}),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of({member("RAILS", gap("secrets", "cause: DENIED") + differs("gitaly.gitlab_secret"))}),
                UnorderedElementsAre(says(v1::UNKNOWN, "unseen"), says(v1::WARNING, "service")));
    EXPECT_THAT(of({silent_node("n1")}), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of({}), ElementsAre(says(v1::UNKNOWN, "unseen")));
    expect_no_loss_is_green(secrets_applied, fleet_of({member("RAILS")}),
                            [](const v1::Finding&) { return false; });
}

TEST(SecretsApplied, DoNotApplyWhereNoServiceSharesAny) {
    EXPECT_THAT(of({member("POSTGRESQL", gap("secrets", "cause: ABSENT"))}),
                ElementsAre(says(v1::NOT_APPLICABLE, "nobody")));
}

}  // namespace
}  // namespace preflight::readiness
