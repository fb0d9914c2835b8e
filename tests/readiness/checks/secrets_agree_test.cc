#include "readiness/checks/secrets_agree.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

std::string secret(std::string_view key, std::string_view digest, std::string_view keyed_by = "k1") {
    return "findings { probe: 'secrets' source: '/etc/gitlab/gitlab-secrets.json' secret_fingerprint { key: "
           "'" +
           std::string(key) + "' fingerprint: '" + std::string(digest) + "' keyed_by: '" +
           std::string(keyed_by) + "' path: '/etc/gitlab/gitlab-secrets.json' } } ";
}

std::string both(std::string_view digest) {
    return secret("gitlab_rails.db_key_base", digest) + secret("gitlab_rails.otp_key_base", digest);
}

FleetNode web(std::string_view name, const std::string& findings) {
    return node(name, roles("RAILS") + ran({"secrets"}) + findings);
}

TEST(SecretsAgree, IsReadyWhereAllNodesHoldTheSame) {
    const auto fleet = fleet_of({web("a", both("1f")), web("b", both("1f"))});
    EXPECT_THAT(judged(secrets_agree, fleet),
                ElementsAre(AllOf(says(v1::READY, "agree"), mentions("2 secrets"))));
    expect_no_loss_is_green(secrets_agree, fleet, but_roles);
}

TEST(SecretsAgree, NamesTheOddNodeOut) {
    const auto verdicts =
        judged(secrets_agree, fleet_of({web("a", both("1f")), web("b", both("2e")), web("c", both("1f"))}));
    EXPECT_THAT(verdicts, ElementsAre(AllOf(
                              says(v1::BLOCKER, "differ"), on(Names{"b"}),
                              mentions("gitlab_rails.db_key_base, gitlab_rails.otp_key_base: these nodes"))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "gitlab_rails.db_key_base 2e, gitlab_rails.otp_key_base 2e");
}

TEST(SecretsAgree, NamesAllWhereMostHoldNothing) {
    EXPECT_THAT(judged(secrets_agree, fleet_of({web("a", both("1f")), web("b", both("2e"))})),
                ElementsAre(AllOf(says(v1::BLOCKER, "split"), on(Names{"a", "b"}))));
}

// Nodes of one kind that share a file of their own must not outvote the application's.
TEST(SecretsAgree, GoesByTheNodesThatNeedThem) {
    const auto consul = [](std::string_view name) {
        return node(name, roles("CONSUL") + ran({"secrets"}) + both("c0"));
    };
    EXPECT_THAT(judged(secrets_agree, fleet_of({consul("c1"), consul("c2"), web("a", both("1f"))})),
                ElementsAre(AllOf(says(v1::WARNING, "differ_elsewhere"), on(Names{"c1", "c2"}))));
}

TEST(SecretsAgree, WarnsOfAKeyThatANodeLacks) {
    const auto one = secret("gitlab_rails.db_key_base", "1f");
    EXPECT_THAT(judged(secrets_agree, fleet_of({web("a", both("1f")), web("b", one)})),
                ElementsAre(AllOf(says(v1::WARNING, "missing"), on(Names{"b"}))));
}

TEST(SecretsAgree, ListsOnlyTheFirstOfManyKeys) {
    const auto many = [](std::string_view digest) {
        std::string text;
        for (int at = 10; at < 40; ++at) text += secret("key" + std::to_string(at), digest);
        return text;
    };
    EXPECT_THAT(judged(secrets_agree, fleet_of({web("a", many("1f")), web("b", many("2e"))})),
                ElementsAre(AllOf(says(v1::BLOCKER, "split"), mentions("key10, key11, key12 and 27 more"))));
}

TEST(SecretsAgree, IsUnknownWhereNothingCanBeCompared) {
    EXPECT_THAT(judged(secrets_agree, fleet_of({web("a", both("1f")), web("b", "")})),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"b"}))));
    const auto other = secret("gitlab_rails.db_key_base", "1f", "k2");
    EXPECT_THAT(
        judged(secrets_agree, fleet_of({web("a", both("1f")), web("b", both("1f")), web("c", other)})),
        ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"c"}))));
    EXPECT_THAT(judged(secrets_agree, fleet_of({web("a", both("1f") + gap("secrets", "cause: DENIED"))})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(secrets_agree, fleet_of({silent_node("a")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(secrets_agree, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(SecretsAgree, AsksNoNodeWithoutGitLab) {
    const auto balancer = node("lb", "findings { probe: 'installation' installation { method: NONE } }");
    EXPECT_THAT(judged(secrets_agree, fleet_of({web("a", both("1f")), balancer})),
                ElementsAre(says(v1::READY, "agree")));
}

TEST(SecretsAgree, DoesNotApplyWhereNobodyNeedsThem) {
    EXPECT_THAT(judged(secrets_agree, fleet_of({node("db1", roles("POSTGRESQL"))})),
                ElementsAre(says(v1::NOT_APPLICABLE, "nobody")));
}

}  // namespace
}  // namespace preflight::readiness
