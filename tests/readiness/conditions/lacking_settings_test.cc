// Settings that some node lacks, and the known issues that ask so.
#include <optional>

#include "tests/readiness/conditions/setting_findings.h"

namespace preflight::readiness {
namespace {

using ::testing::HasSubstr;

Truth lacking(std::string_view asked, std::vector<FleetNode> nodes) {
    return truth("setting { lacking: true " + std::string(asked) + " }", fleet_of(std::move(nodes)));
}

FleetNode rails(std::string_view name, const std::string& findings) {
    return node(name, roles("RAILS") + ran({"settings"}) + findings);
}

TEST(LackingSetting, HoldsWhereOneNodeDoesNotSetIt) {
    EXPECT_EQ(lacking("keys: 'x'", {rails("a", sets("x", "")), rails("b", sets("x", ""))}), Truth::fails);
    EXPECT_EQ(lacking("keys: 'x'", {rails("a", sets("x", "")), rails("b", "")}), Truth::holds);
    EXPECT_EQ(lacking("keys: ['x', 'y']", {rails("a", sets("x", "")), rails("b", sets("y", ""))}),
              Truth::fails)
        << "each sets one of them";
    EXPECT_EQ(
        lacking("keys: 'x' values: 'false'", {rails("a", sets("x", "false")), rails("b", sets("x", "true"))}),
        Truth::holds);
    EXPECT_EQ(lacking("keys: 'x'", {rails("a", sets("x", "")), node_without_gitlab()}), Truth::fails);
    const auto shown =
        decided("setting { keys: 'x' lacking: true }", fleet_of({rails("a", sets("x", "")), rails("b", "")}));
    EXPECT_THAT(evidence_of(shown), HasSubstr("x is not set"));
    ASSERT_EQ(shown.shown.nodes_size(), 1);
    EXPECT_EQ(shown.shown.nodes(0), "b");
}

TEST(LackingSetting, IsUnknownWhereANodeDoesNotSay) {
    const auto sets_it = rails("a", sets("x", ""));
    EXPECT_EQ(lacking("keys: 'x'", {sets_it, node("b", timed_out("settings"))}), Truth::unknown);
    EXPECT_EQ(lacking("keys: 'x'", {sets_it, silent_node("b")}), Truth::unknown);
    EXPECT_EQ(lacking("keys: 'x'", {sets_it, rails("b", sets("x", "", "CONDITIONAL"))}), Truth::unknown);
    EXPECT_EQ(lacking("keys: \"x['y']\"", {rails("a", sets("x", "", "COMPUTED"))}), Truth::unknown);
    EXPECT_EQ(lacking("keys: 'x' values: '1'", {rails("a", sets("x", "", "COMPUTED"))}), Truth::unknown);
    EXPECT_EQ(lacking("keys: 'x'", {silent_node("a"), rails("b", "")}), Truth::holds);
    EXPECT_EQ(lacking("keys: 'x'", {}), Truth::unknown);
}

TEST(LackingSetting, IsAskedOfTheNodesOfItsRolesAlone) {
    const auto gitaly = [](const std::string& findings) {
        return node("gitaly", roles("GITALY") + ran({"settings"}) + findings);
    };
    constexpr auto of_gitaly = "keys: 'x' roles: GITALY";
    EXPECT_EQ(lacking(of_gitaly, {rails("a", ""), gitaly(sets("x", ""))}), Truth::fails);
    EXPECT_EQ(lacking(of_gitaly, {rails("a", sets("x", "")), gitaly("")}), Truth::holds);
    EXPECT_EQ(lacking(of_gitaly, {node("a", ran({"settings"}))}), Truth::unknown) << "it may run Gitaly";
    EXPECT_EQ(lacking(of_gitaly, {rails("a", "")}), Truth::unknown) << "no Gitaly reports";
}

TEST(LackingSetting, IsAskedOfTheNodesOfItsSiteAlone) {
    const auto of_site = [](std::string_view site, const std::string& findings) {
        return rails(site,
                     "findings { probe: 'geo' geo_role { role: " + std::string(site) + " } } " + findings);
    };
    constexpr auto primary = "keys: 'x' roles: RAILS site: PRIMARY";
    EXPECT_EQ(lacking(primary, {of_site("PRIMARY", sets("x", "")), of_site("SECONDARY", "")}), Truth::fails);
    EXPECT_EQ(lacking(primary, {of_site("PRIMARY", ""), of_site("SECONDARY", sets("x", ""))}), Truth::holds);
    EXPECT_EQ(lacking(primary, {rails("a", "")}), Truth::unknown) << "its site was not seen";
    EXPECT_EQ(lacking(primary, {of_site("ROLE_UNSPECIFIED", "")}), Truth::unknown);
}

// ---- known issues that ask so

std::optional<v1::Condition> lacking_in(const v1::Condition& condition) {
    if (condition.has_setting() && condition.setting().lacking()) return condition;
    for (const auto* parts : {&condition.all(), &condition.any()}) {
        for (const auto& part : parts->of()) {
            if (auto found = lacking_in(part)) return found;
        }
    }
    return std::nullopt;
}

Truth lacking_for(std::string_view issue, std::vector<FleetNode> nodes) {
    for (const auto& row : built_in_knowledge().known_issues()) {
        if (row.id() == issue)
            return evaluate(lacking_in(row.condition()).value(), fleet_of(std::move(nodes)), to("19.3.0"),
                            built_in_knowledge())
                .truth;
    }
    throw std::invalid_argument("there is no such issue");
}

struct OfIssue {
    const char* id;
    const char* role;
    const char* key;
    const char* value;
};

// With the site that one of them asks for; the others do not ask.
FleetNode runs(std::string_view name, const OfIssue& issue, const std::string& findings) {
    return node(name, roles(issue.role) + "findings { probe: 'geo' geo_role { role: PRIMARY } } " + findings);
}

TEST(LackingSetting, IsJudgedOfEachNodeWhereAKnownIssueNeedsItOnAll) {
    const auto said = ran({"settings"});
    for (const auto& issue :
         {OfIssue{"KI-16-11", "REGISTRY", "registry['storage']['azure']['trimlegacyrootprefix']", "true"},
          OfIssue{"KI-17-16", "GITALY", "gitaly['gitlab_secret']", ""},
          OfIssue{"KI-16-02", "SIDEKIQ", "gitlab_rails['databases']['ci']['enable']", "false"},
          OfIssue{"KI-18-26", "RAILS", "gitlab_rails['action_cable_allowed_origins']", ""}}) {
        const auto with = runs("a", issue, said + sets(issue.key, issue.value));
        const auto other = node("c", roles("PAGES") + said);
        EXPECT_EQ(lacking_for(issue.id, {with, other}), Truth::fails) << issue.id;
        EXPECT_EQ(lacking_for(issue.id, {with, runs("b", issue, said)}), Truth::holds) << issue.id;
        EXPECT_EQ(lacking_for(issue.id, {with, runs("b", issue, "")}), Truth::unknown) << issue.id;
    }
}

// Two registries on Azure, one of which would look beneath other names: the whole row.
TEST(LackingSetting, OfOneRegistryOnAzureMakesTheIssueApply) {
    const auto azure = [](std::string_view name, const std::string& more) {
        return node(name, installed("15.11.13") + roles("REGISTRY") + ran({"settings", "installation"}) +
                              sets("registry['storage']['azure']['container']", "") + more);
    };
    const auto prefix = sets("registry['storage']['azure']['trimlegacyrootprefix']", "true");
    const auto whole = [](std::vector<FleetNode> nodes) {
        for (const auto& row : built_in_knowledge().known_issues()) {
            if (row.id() == "KI-16-11")
                return evaluate(row.condition(), fleet_of(std::move(nodes)), to("16.0.0"),
                                built_in_knowledge());
        }
        throw std::invalid_argument("there is no such issue");
    };
    EXPECT_EQ(whole({azure("a", prefix), azure("b", prefix)}).truth, Truth::fails);
    const auto one = whole({azure("a", prefix), azure("b", "")});
    EXPECT_EQ(one.truth, Truth::holds);
    EXPECT_THAT(evidence_of(one), HasSubstr("is not set"));
}

}  // namespace
}  // namespace preflight::readiness
