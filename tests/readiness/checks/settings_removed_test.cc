#include "readiness/checks/settings_removed.h"

#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;

std::string sets(std::string_view key, std::string_view value = "", std::string_view state = "LITERAL",
                 std::string_view origin = "CONFIGURATION") {
    return "findings { probe: 'settings' source: '/etc/gitlab/gitlab.rb' setting { key: \"" +
           std::string(key) + "\" value: '" + std::string(value) + "' state: " + std::string(state) +
           " origin: " + std::string(origin) + " line: 12 } } ";
}

FleetNode web(std::string_view version, const std::string& findings) {
    return node("web1", installed(version) + ran({"settings"}) + findings);
}

std::vector<v1::Verdict> of(std::string_view version, const std::string& findings,
                            std::string_view target = "19.3.0") {
    return judged(settings_removed, fleet_of({web(version, findings)}), to(target));
}

TEST(RemovedSettings, AreNoneWhereNoneIsSet) {
    EXPECT_THAT(of("18.11.9", sets("external_url")), ElementsAre(says(v1::READY, "none")));
}

TEST(RemovedSettings, BlockBeforeTheHopThatRefusesThem) {
    const auto verdicts = of("17.11.7", sets("git_data_dirs['default']['path']"));
    ASSERT_THAT(verdicts,
                ElementsAre(AllOf(says(v1::BLOCKER, "removed"),
                                  mentions("refused from 18.0 on: take it out before the hop 17.11.7"))));
    EXPECT_EQ(verdicts[0].nodes(0), "web1");
    EXPECT_EQ(verdicts[0].evidence(0).what(), "git_data_dirs['default']['path'] in line 12");
    EXPECT_FALSE(verdicts[0].remedy().empty()) << "the row has one of its own";
}

TEST(RemovedSettings, AreFoundHopsAhead) {
    EXPECT_THAT(of("16.11.10", sets("git_data_dirs")),
                Contains(AllOf(says(v1::BLOCKER, "removed"), mentions("17.11.7 → 18.2.8"))));
}

// Written since the last reconfigure: the version that runs would refuse it as well.
TEST(RemovedSettings, BlockWhereTheyWereRemovedBefore) {
    EXPECT_THAT(
        of("18.11.9", sets("git_data_dirs")),
        ElementsAre(AllOf(says(v1::BLOCKER, "removed"), mentions("by the version that runs as well"))));
}

// Rows whose refusal ended, or that are only deprecated at the target.
TEST(RemovedSettings, AreNotedWhileTheyAreOnlyDeprecated) {
    EXPECT_THAT(of("17.5.5", sets("git_data_dirs"), "17.11.7"),
                ElementsAre(AllOf(says(v1::NOTE, "deprecated"), mentions("goes with 18.0"))));
    EXPECT_THAT(of("17.3.7", sets("git_data_dirs"), "17.5.5"), ElementsAre(says(v1::READY, "none")));
}

// An own row: the knowledge's rows that are ignored come and go.
std::vector<v1::Verdict> of_ignored(std::string_view version) {
    auto knowledge = built_in_knowledge();
    knowledge.clear_removed_settings();
    auto& row = *knowledge.add_removed_settings();
    row.set_id("settings.x");
    row.mutable_setting()->add_keys("x['a']");
    row.mutable_setting()->add_keys("x['b']");
    row.set_removed("19.0");
    row.set_ignored(true);
    return settings_removed.judge(fleet_of({web(version, sets("x['b']"))}), to("19.3.0"), knowledge);
}

TEST(RemovedSettings, AreAWarningWhereTheyLoseTheirEffectWithoutAWord) {
    EXPECT_THAT(of_ignored("18.11.9"),
                ElementsAre(AllOf(says(v1::WARNING, "ignored"), mentions("x['a'] and the like"),
                                  mentions("the hop 18.11.9 → 19.2.4"))));
    EXPECT_THAT(of_ignored("19.0.8"), ElementsAre(says(v1::NOTE, "without_effect")));
}

TEST(RemovedSettings, AreUnknownBehindACondition) {
    const auto verdicts =
        of("17.11.7", sets("git_data_dirs", "", "CONDITIONAL") + sets("x", "", "CONDITIONAL"));
    ASSERT_THAT(verdicts, ElementsAre(says(v1::UNKNOWN, "unseen")));
    ASSERT_EQ(verdicts[0].evidence_size(), 1) << "another key behind a condition is no doubt";
    EXPECT_THAT(verdicts[0].evidence(0).what(), testing::HasSubstr("git_data_dirs in line 12"));
}

TEST(RemovedSettings, AreUnknownWhereSettingsWereNotSeen) {
    const auto unseen = [](const FleetNode& one) {
        return judged(settings_removed, fleet_of({web("18.11.9", ""), one}));
    };
    for (const auto& one :
         {node("web2", installed("18.11.9")), node("web2", installed("18.11.9") + ran({"system"})),
          silent_node("web2"),
          node("web2", installed("18.11.9") + ran({"settings"}) + gap("settings", "cause: DENIED"))}) {
        EXPECT_THAT(unseen(one),
                    ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(std::vector<std::string>{"web2"}))));
    }
    EXPECT_THAT(unseen(node_without_gitlab()), ElementsAre(says(v1::READY, "none")));
}

// One line of evidence, however many rows ask.
TEST(RemovedSettings, SayOnceWhatKeptThemFromBeingSeen) {
    const auto verdicts = of("15.4.6", gap("settings", "cause: DENIED detail: 'no right to read'"));
    ASSERT_THAT(verdicts, ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_EQ(verdicts[0].evidence_size(), 1);
}

TEST(RemovedSettings, AreUnknownWithoutAPath) {
    EXPECT_THAT(judged(settings_removed, Fleet{}), ElementsAre(says(v1::UNKNOWN, "version_unseen")));
    EXPECT_THAT(of("nonsense", ""), ElementsAre(says(v1::UNKNOWN, "version_unseen")));
    for (const auto* target : {"19.4.0", "18.11.0"})
        EXPECT_THAT(of("19.2.4", "", target), ElementsAre(says(v1::UNKNOWN, "no_path")));
}

TEST(RemovedSettings, WithstandsHostileSettings) {
    const std::string long_key(5000, 'x');
    EXPECT_THAT(of("18.11.9", sets("") + sets(long_key) + sets("git_data_dirs[" + long_key)),
                ElementsAre(says(v1::BLOCKER, "removed")));
}

TEST(RemovedSettings, AreNeverReadyWhereAnythingIsMissing) {
    expect_no_loss_is_green(settings_removed, fleet_of({web("18.11.9", "")}));
}

}  // namespace
}  // namespace preflight::readiness
