#include "readiness/checks/settings_drift.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

std::string differs(std::string_view probe, std::string_view what) {
    return "findings { probe: '" + std::string(probe) +
           "' source: '/var/opt/gitlab/x' difference { what: \"" + std::string(what) +
           "\" used: '/var/opt/gitlab/x' other: '/etc/gitlab/gitlab.rb' detail: 'used: 1; "
           "there: 2' } } ";
}

std::string sets(std::string_view key, std::string_view value, std::string_view more = "state: LITERAL") {
    return "findings { probe: 'settings' setting { key: \"" + std::string(key) + "\" value: '" +
           std::string(value) + "' origin: CONFIGURATION " + std::string(more) + " } } ";
}

constexpr std::string_view theme = "gitlab_rails['gitlab_default_theme']";

constexpr std::string_view no_geo = "findings { probe: 'geo' geo_role { role: NOT_CONFIGURED } } ";

FleetNode web(const std::string& findings = "", std::string_view name = "web1",
              std::string_view role = "RAILS", std::string_view geo = no_geo) {
    return node(name, installed("19.2.4") + roles(role) + std::string(geo) + ran({"settings", "endpoints"}) +
                          findings);
}

std::vector<v1::Verdict> of(std::vector<FleetNode> nodes) {
    return judged(settings_drift, fleet_of(std::move(nodes)));
}

TEST(SettingsDrift, IsReadyWhereAllSourcesAgree) {
    EXPECT_THAT(of({web(), web(sets("gitaly['enable']", "false"), "gitaly1", "GITALY")}),
                ElementsAre(AllOf(says(v1::READY, "agrees"), on(Names{"web1", "gitaly1"}))));
    expect_no_loss_is_green(settings_drift, fleet_of({web()}),
                            [](const v1::Finding& finding) { return finding.has_installation(); });
}

TEST(SettingsDrift, WarnsOfWhatIsNotInForceYet) {
    const auto verdicts = of({web(differs("settings", "gitlab_rails['backup_keep_time']"))});
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::WARNING, "unapplied"), on(Names{"web1"}))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "gitlab_rails['backup_keep_time'] (used: 1; there: 2)");
}

TEST(SettingsDrift, WarnsOfWhatReconfigureWouldWriteOver) {
    EXPECT_THAT(of({web(differs("endpoints", "redis.default.host"))}),
                ElementsAre(says(v1::WARNING, "rendered")));
    EXPECT_THAT(of({web(differs("secrets", "gitlab_kas.api_secret_key"))}),
                ElementsAre(says(v1::READY, "agrees")))
        << "secrets are judged by themselves";
}

TEST(SettingsDrift, ShowsTheFirstOfMany) {
    std::string many;
    for (int at = 0; at < 9; ++at) many += differs("settings", "gitaly['k" + std::to_string(at) + "']");
    const auto verdicts = of({web(many)});
    ASSERT_THAT(verdicts, ElementsAre(says(v1::WARNING, "unapplied")));
    EXPECT_THAT(verdicts[0].evidence(0).what(), ::testing::EndsWith(" and 5 more"));
    EXPECT_EQ(verdicts[0].evidence_size(), 1);
}

TEST(SettingsDrift, NamesTheRailsNodeThatIsSetOtherwiseThanItsPeers) {
    const auto verdicts =
        of({web(sets(theme, "2")), web(sets(theme, "2"), "web2"), web(sets(theme, "5"), "web3"),
            web("", "web4"), web(sets(theme, "7"), "job1", "SIDEKIQ")});
    ASSERT_THAT(verdicts, Contains(AllOf(says(v1::WARNING, "nodes_differ"), on(Names{"web3", "web4"}),
                                         mentions(std::string(theme)))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), std::string(theme) + " is 5");
    EXPECT_EQ(verdicts[0].evidence(1).what(), std::string(theme) + " not set");
}

TEST(SettingsDrift, NamesAllWhereNoneIsThatOfMost) {
    EXPECT_THAT(of({web(sets(theme, "2")), web(sets(theme, "5"), "web2")}),
                Contains(AllOf(says(v1::WARNING, "nodes_differ"), on(Names{"web1", "web2"}))));
}

TEST(SettingsDrift, TakesNoNodeForOddByWhatIsHiddenOrItsOwn) {
    const auto hidden = sets(theme, "", "state: COMPUTED");
    EXPECT_THAT(of({web(hidden + sets("gitlab_rails['auto_migrate']", "false")),
                    web(sets(theme, "5") + sets("gitlab_rails['db_host']", "db1"), "web2")}),
                UnorderedElementsAre(says(v1::NOTE, "computed"), says(v1::READY, "agrees")));
    EXPECT_THAT(of({web(hidden), web(sets(theme, "5"), "web2"), web(sets(theme, "5"), "web3"),
                    web(sets(theme, "2"), "web4")}),
                Contains(AllOf(says(v1::WARNING, "nodes_differ"), on(Names{"web4"}))));
    const auto of_site = [](std::string_view name) {
        return "findings { probe: 'geo' geo_role { role: SECONDARY site_name: '" + std::string(name) +
               "' } } ";
    };
    EXPECT_THAT(of({web(sets(theme, "2") + of_site("lima")), web(of_site("oslo"), "web2")}),
                ElementsAre(says(v1::READY, "agrees")));
}

TEST(SettingsDrift, ComparesNoNodesWhoseSitesWereNotSeen) {
    const auto set = sets(theme, "2");
    EXPECT_THAT(of({web(set, "web1", "RAILS", ""), web("", "web2", "RAILS", "")}),
                UnorderedElementsAre(AllOf(says(v1::UNKNOWN, "site_unseen"), on(Names{"web1", "web2"})),
                                     says(v1::READY, "agrees")));
    EXPECT_THAT(of({web(set), web("", "web2", "RAILS", "")}),
                UnorderedElementsAre(AllOf(says(v1::UNKNOWN, "site_unseen"), on(Names{"web2"})),
                                     says(v1::READY, "agrees")));
    EXPECT_THAT(of({web(set, "web1", "RAILS", "")}), ElementsAre(says(v1::READY, "agrees")))
        << "alone, it has no peers";
}

// Two Rails nodes that differ: whatever is not seen of either, the fleet is not called ready.
TEST(SettingsDrift, IsNotReadyWhereWhatMakesNodesPeersIsLost) {
    const auto second = web(sets(theme, "5"), "web2");
    expect_no_loss_is_green(
        settings_drift, fleet_of({web(sets(theme, "2")), second}), [](const v1::Finding& finding) {
            return finding.has_geo_role() || finding.has_node_roles() || finding.has_installation();
        });
    const auto blind = node("web1", installed("19.2.4") + std::string(no_geo) +
                                        ran({"settings", "endpoints"}) + sets(theme, "2"));
    EXPECT_THAT(of({blind, second}),
                UnorderedElementsAre(AllOf(says(v1::UNKNOWN, "role_unseen"), on(Names{"web1"})),
                                     says(v1::READY, "agrees")));
    EXPECT_THAT(of({blind}), ElementsAre(says(v1::READY, "agrees"))) << "alone, it has no peers";
}

TEST(SettingsDrift, NotesWhatOnlyRubyCanEvaluate) {
    const auto computed = sets("gitaly['configuration']", "", "state: COMPUTED");
    const auto verdicts = of({web(computed)});
    ASSERT_THAT(verdicts, UnorderedElementsAre(says(v1::NOTE, "computed"), says(v1::READY, "agrees")));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "gitaly['configuration']");
    const auto evaluated =
        "findings { probe: 'settings' setting { key: \"gitaly['configuration']\" state: COMPUTED origin: "
        "ATTRIBUTES } } ";
    EXPECT_THAT(of({web(computed + evaluated)}), ElementsAre(says(v1::READY, "agrees")));
}

TEST(SettingsDrift, IsUnknownWhereTheSettingsWereNotSeen) {
    EXPECT_THAT(of({web(gap("settings", "cause: DENIED"))}), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of({web(gap("endpoints", "cause: MALFORMED"))}), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of({silent_node("web1")}), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of({}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(SettingsDrift, DoesNotApplyWithoutThePackage) {
    EXPECT_THAT(of({node("forge", "findings { installation { method: SELF_COMPILED } }")}),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_settings")));
}

}  // namespace
}  // namespace preflight::readiness
