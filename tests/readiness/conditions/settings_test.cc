// Predicates on what gitlab.rb sets.
#include "tests/readiness/conditions/setting_findings.h"

namespace preflight::readiness {
namespace {

using ::testing::HasSubstr;

// What the last reconfigure left.
std::string evaluated(std::string_view key, std::string_view value) {
    return sets(key, value, "LITERAL", "ATTRIBUTES");
}

Truth asked(std::string_view text, std::string_view findings) {
    return truth("setting { " + std::string(text) + " }",
                 fleet_of({node("a", ran({"settings"}) + std::string(findings)), node_without_gitlab()}));
}

constexpr auto git_data_dirs = "keys: ['git_data_dirs', 'git_data_dirs[*']";

TEST(Setting, IsFoundByItsKeyOrTheBeginningOfIt) {
    const auto key = sets("git_data_dirs['default']['path']", "");
    EXPECT_EQ(asked(git_data_dirs, key), Truth::holds);
    EXPECT_EQ(asked("keys: 'git_data_dirs'", key), Truth::fails);
    EXPECT_EQ(asked(git_data_dirs, sets("git_data", "")), Truth::fails);
    EXPECT_EQ(asked(git_data_dirs, ""), Truth::fails);
}

TEST(Setting, DoesNotCountTheExceptions) {
    constexpr auto gitaly = "keys: \"gitaly[*\" except: [\"gitaly['enable']\", \"gitaly['env'][*\"]";
    EXPECT_EQ(asked(gitaly, sets("gitaly['enable']", "true") + sets("gitaly['env']['A']", "")), Truth::fails);
    EXPECT_EQ(asked(gitaly, sets("gitaly['env']", "")), Truth::holds);
}

TEST(Setting, IsComparedByItsValueWhereOneIsAskedFor) {
    constexpr auto enabled = "keys: \"grafana['enable']\" values: ['true', '1']";
    EXPECT_EQ(asked(enabled, sets("grafana['enable']", "true")), Truth::holds);
    EXPECT_EQ(asked(enabled, sets("grafana['enable']", "false")), Truth::fails);
    EXPECT_EQ(asked(enabled, sets("grafana['enable']", "")), Truth::unknown) << "a value that is not told";
    EXPECT_EQ(asked(enabled, sets("grafana['enable']", "", "COMPUTED")), Truth::unknown);
}

TEST(Setting, IsComparedByTheFormOfItsAddressWhereOneIsAskedFor) {
    const auto of_form = [](std::string_view form) {
        return "findings { probe: 'settings' setting { key: 'external_url' state: LITERAL origin: "
               "CONFIGURATION form { " +
               std::string(form) + " } } } ";
    };
    const auto is = [&](std::string_view form, std::string_view asked_form) {
        return asked("keys: 'external_url' form: " + std::string(asked_form), of_form(form));
    };
    EXPECT_EQ(is("has_upper_case: true", "HAS_UPPER_CASE"), Truth::holds);
    EXPECT_EQ(is("has_port: true", "HAS_UPPER_CASE"), Truth::fails);
    EXPECT_EQ(is("has_port: true", "HAS_PORT"), Truth::holds);
    EXPECT_EQ(is("", "HAS_PORT"), Truth::fails);
    EXPECT_EQ(is("", "LACKS_SCHEME"), Truth::holds);
    EXPECT_EQ(is("has_scheme: true", "LACKS_SCHEME"), Truth::fails);
    constexpr auto upper = "keys: 'external_url' form: HAS_UPPER_CASE";
    EXPECT_EQ(asked(upper, sets("external_url", "")), Truth::unknown) << "computed, or of an older agent";
    EXPECT_EQ(asked(upper, ""), Truth::fails) << "it is not set";
}

TEST(Setting, IsUnknownBehindACondition) {
    const auto behind = sets("git_data_dirs", "", "CONDITIONAL");
    EXPECT_EQ(asked(git_data_dirs, behind), Truth::unknown);
    EXPECT_EQ(asked(git_data_dirs, behind + sets("git_data_dirs", "")), Truth::holds) << "and once without";
    EXPECT_EQ(asked("keys: 'external_url'", behind), Truth::fails) << "another key is no doubt";
}

// git_data_dirs had a default up to 17.7: reconfigure wrote it into the attributes of every node.
TEST(Setting, OfReconfigureItselfDoesNotCountBesideAWholeGitlabRb) {
    EXPECT_EQ(asked(git_data_dirs, evaluated("git_data_dirs['default']['path']", "/var/opt/gitlab/git-data")),
              Truth::fails);
    EXPECT_EQ(asked("keys: 'x' values: 'true'", evaluated("x", "true") + sets("x", "false")), Truth::fails);
}

TEST(Setting, OfReconfigureCountsWhereGitlabRbWasNotReadWhole) {
    const auto blind = [](std::string_view text, const std::string& findings) {
        return decided(
            "setting { " + std::string(text) + " }",
            fleet_of({node("a", findings + ran({"settings"}) +
                                    gap("settings", "cause: DENIED detail: 'no right to read'"))}));
    };
    EXPECT_EQ(blind("keys: 'x' values: 'true'", evaluated("x", "true")).truth, Truth::holds);
    EXPECT_EQ(blind("keys: 'x' values: 'true'", evaluated("x", "false")).truth, Truth::unknown);
    const auto who = blind(git_data_dirs, evaluated("git_data_dirs['default']['path']", ""));
    EXPECT_EQ(who.truth, Truth::unknown) << "who set it cannot be said";
    EXPECT_THAT(evidence_of(who), HasSubstr("whether a person set it was not seen"));
    EXPECT_THAT(evidence_of(who), HasSubstr("no right to read"));
}

TEST(Setting, IsUnknownWhereTheProbeDidNotEnd) {
    const auto key = sets("git_data_dirs", "");
    const auto text = "setting { " + std::string(git_data_dirs) + " }";
    EXPECT_EQ(truth(text, fleet_of({node("a", timed_out("settings"))})), Truth::unknown);
    EXPECT_EQ(truth(text, fleet_of({node("a", key)})), Truth::holds);
    EXPECT_EQ(truth(text, fleet_of({node("a", ran({"settings"})), silent_node("b")})), Truth::unknown);
}

// ---- beneath what only Ruby knows

constexpr auto bin_path = "keys: \"gitaly['configuration']['git']['bin_path']\"";

TEST(Setting, IsUnknownBeneathWhatOnlyRubyKnows) {
    for (const auto* state : {"COMPUTED", "CONDITIONAL"}) {
        EXPECT_EQ(asked(bin_path, sets("gitaly['configuration']", "", state)), Truth::unknown) << state;
        EXPECT_EQ(asked(bin_path, sets("gitaly['configuration']['git']", "", state)), Truth::unknown)
            << state;
        EXPECT_EQ(asked(bin_path, sets("gitaly['config']", "", state)), Truth::fails) << state;
        EXPECT_EQ(asked(bin_path, sets("gitaly['configuration']['storage']", "", state)), Truth::fails)
            << state;
    }
    EXPECT_EQ(asked("keys: \"registry['notifications'][]['threshold']\"",
                    sets("registry['notifications']", "", "COMPUTED")),
              Truth::unknown);
    EXPECT_EQ(asked("keys: \"registry['storage']['azure'][*\"", sets("registry['storage']", "", "COMPUTED")),
              Truth::unknown);
    EXPECT_EQ(asked(bin_path, sets("gitaly['configuration']", "{}")), Truth::fails) << "it is empty";
}

TEST(Setting, IsNotSetBeneathATableThatNamesItsKeys) {
    const auto table = sets_table("gitaly['configuration']");
    EXPECT_EQ(asked(bin_path, table), Truth::fails);
    EXPECT_EQ(asked(bin_path, table + sets_table("gitaly['configuration']['git']")), Truth::fails);
    EXPECT_EQ(asked(bin_path, table + sets("gitaly['configuration']['git']", "", "COMPUTED")),
              Truth::unknown);
    EXPECT_EQ(asked(bin_path, table + sets("gitaly['configuration']['git']['bin_path']", "")), Truth::holds);
}

// What is computed first and set by name later stands in gitlab.rb as both.
TEST(Setting, IsToldByItsOwnLineWhateverStandsAbove) {
    constexpr auto bundled = "keys: \"gitaly['configuration']['git']['bundled']\" values: 'false'";
    const auto above = sets("gitaly['configuration']", "", "COMPUTED");
    EXPECT_EQ(asked(bundled, above + sets("gitaly['configuration']['git']['bundled']", "true")),
              Truth::fails);
    EXPECT_EQ(asked(bundled, above + sets_table("gitaly['configuration']['git']")), Truth::fails);
    EXPECT_EQ(asked(bundled, above + sets("gitaly['configuration']['git']", "", "CONDITIONAL")),
              Truth::unknown);
}

TEST(Setting, OfReconfigureCountsBeneathWhatOnlyRubyKnows) {
    constexpr auto enabled = "keys: \"a['b']['c']\" values: 'true'";
    const auto above = sets("a['b']", "", "COMPUTED");
    EXPECT_EQ(asked(enabled, above + evaluated("a['b']['c']", "true")), Truth::holds);
    EXPECT_EQ(asked(enabled, above + evaluated("a['b']['c']", "false")), Truth::unknown);
    EXPECT_EQ(asked(enabled, sets("a['b']['c']", "", "COMPUTED") + evaluated("a['b']['c']", "true")),
              Truth::holds);
    EXPECT_EQ(asked(enabled, sets_table("a['b']") + evaluated("a['b']['c']", "true")), Truth::fails);
    EXPECT_EQ(asked(enabled, sets("a['b']['c']", "false") + evaluated("a['b']['c']", "true")), Truth::fails);
    const auto fleet = fleet_of({node("a", ran({"settings"}) + above + evaluated("a['b']['c']", ""))});
    const auto who = decided("setting { keys: \"a['b']['c']\" }", fleet);
    EXPECT_EQ(who.truth, Truth::unknown);
    EXPECT_THAT(evidence_of(who), HasSubstr("a['b'], whose keys only Ruby knows"));
    EXPECT_THAT(evidence_of(who), HasSubstr("whether a person set it was not seen"));
}

TEST(Setting, OfReconfigureCountsByItsOwnKeyAlone) {
    constexpr auto any = "keys: \"a[*\" values: 'true'";
    EXPECT_EQ(asked(any, sets("a['b']", "", "CONDITIONAL") + evaluated("a['b']['c']", "true")), Truth::holds);
    const auto but_b = std::string(any) + " except: \"a['b']\"";
    const auto computed = sets("a['b']", "", "COMPUTED");
    EXPECT_EQ(asked(but_b, computed + evaluated("a['b']['c']", "true")), Truth::holds);
    EXPECT_EQ(asked(but_b, computed + evaluated("a['bb']['c']", "true")), Truth::fails);
    const auto fleet = fleet_of({node("a", ran({"settings"}) + sets("a['b']", "", "COMPUTED")),
                                 node("b", ran({"settings"}) + evaluated("a['b']['c']", "true"))});
    EXPECT_EQ(truth("setting { keys: \"a['b']['c']\" values: 'true' }", fleet), Truth::unknown)
        << "of the other node gitlab.rb tells all";
}

// ---- of some nodes

TEST(Setting, IsAskedOfTheNodesOfItsRolesAlone) {
    constexpr auto of_gitaly = "setting { keys: 'x' roles: GITALY }";
    const auto with = [](const std::string& role) {
        return fleet_of({node("a", role + ran({"settings"}) + sets("x", "1"))});
    };
    EXPECT_EQ(truth(of_gitaly, with(roles("GITALY"))), Truth::holds);
    EXPECT_EQ(truth(of_gitaly, with(roles("RAILS"))), Truth::fails);
    EXPECT_EQ(truth(of_gitaly, with("")), Truth::unknown) << "its roles were not seen";
    EXPECT_EQ(truth(of_gitaly, fleet_of({node("a", roles("RAILS"))})), Truth::fails);
    EXPECT_EQ(truth(of_gitaly, fleet_of({node("a", roles("GITALY"))})), Truth::unknown);
}

}  // namespace
}  // namespace preflight::readiness
