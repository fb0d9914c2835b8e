// Conditions as a whole: how parts are joined, and what a person adds. How they are put and checked is tested
// in condition_text_test.cc, the predicates in conditions/.
#include "readiness/condition.h"

#include <array>

#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Parts whose answer is plain: how the upgrade is planned holds or fails, a person's word is open.
constexpr std::string_view yes = "of { without_downtime {} } ";
constexpr std::string_view no = "of { none { of { without_downtime {} } } } ";
constexpr std::string_view open = "of { person { question: 'Is it so?' } } ";

Truth joined(std::string_view how, std::initializer_list<std::string_view> parts) {
    auto upgrade = to("19.3.0");
    upgrade.without_downtime = true;
    auto text = std::string(how) + " { ";
    for (const auto part : parts) text += part;
    return decided(text + "}", {}, upgrade).truth;
}

TEST(Condition, OfAllHoldsOnlyWhereEachHolds) {
    EXPECT_EQ(joined("all", {yes, yes}), Truth::holds);
    EXPECT_EQ(joined("all", {yes, no}), Truth::fails);
    EXPECT_EQ(joined("all", {open, no}), Truth::fails) << "whatever the person says";
    EXPECT_EQ(joined("all", {no, open}), Truth::fails);
    EXPECT_EQ(joined("all", {yes, open}), Truth::unknown);
    EXPECT_EQ(joined("all", {open, open}), Truth::unknown);
}

TEST(Condition, OfAnyFailsOnlyWhereEachFails) {
    EXPECT_EQ(joined("any", {no, no}), Truth::fails);
    EXPECT_EQ(joined("any", {no, yes}), Truth::holds);
    EXPECT_EQ(joined("any", {open, yes}), Truth::holds);
    EXPECT_EQ(joined("any", {no, open}), Truth::unknown);
}

TEST(Condition, OfNoneHoldsOnlyWhereEachFails) {
    EXPECT_EQ(joined("none", {no, no}), Truth::holds);
    EXPECT_EQ(joined("none", {no, yes}), Truth::fails);
    EXPECT_EQ(joined("none", {open, yes}), Truth::fails);
    EXPECT_EQ(joined("none", {no, open}), Truth::unknown);
}

TEST(Condition, OfFirstIsDecidedByTheFirstThatTells) {
    constexpr std::string_view blind = "of { table_fact { fact: LONG_PUSH_RULE } } ";
    EXPECT_EQ(joined("first", {no, yes}), Truth::fails);
    EXPECT_EQ(joined("first", {blind, yes}), Truth::holds);
    EXPECT_EQ(joined("first", {blind, no, open}), Truth::fails) << "a finding goes before a person's word";
    EXPECT_EQ(joined("first", {blind, open}), Truth::unknown);
    const auto asked =
        decided("first { " + std::string(blind) + std::string(open) + "}", fleet_of({silent_node("a")}));
    EXPECT_EQ(asked.question, "Is it so?");
    EXPECT_FALSE(asked.unseen) << "the person's word alone settles it";
    EXPECT_THAT(asked.shown.nodes(), ElementsAre("a")) << "what was not seen is shown";
    EXPECT_TRUE(decidable(condition("first { " + std::string(blind) + std::string(open) + "}")));
}

// The answer of a person to 'Is it so?', made on 1 August 2026.
Upgrade told(std::string_view answer, std::string_view question = "Is it so?") {
    auto upgrade = to("19.3.0");
    auto& word = *upgrade.acceptances.add_attestations();
    word.set_id("a-1");
    word.set_statement("KI-1");
    word.set_answer(std::string(answer));
    word.set_question(std::string(question));
    word.set_owner("Jo Doe");
    word.set_detail("looked");
    *word.mutable_made_at() = time_of("2026-08-01T00:00:00Z");
    *word.mutable_expires_at() = time_of("2026-12-01T00:00:00Z");
    return upgrade;
}

TEST(Condition, IsSettledByAPersonsAnswerAndShowsWhoGaveIt) {
    constexpr auto asks = "person { question: 'Is it so?' }";
    const auto yes_told = decided(asks, {}, told("yes"));
    EXPECT_EQ(yes_told.truth, Truth::holds);
    EXPECT_TRUE(yes_told.attested);
    const auto no_told = decided(
        "all { of { none { of { person { question: 'Is it not?' } } } } "
        "of { person { question: 'Is it so?' } } }",
        {}, told("no"));
    EXPECT_EQ(no_told.truth, Truth::fails);
    EXPECT_TRUE(no_told.attested);
    EXPECT_EQ(evidence_of(no_told), "KI-1: no, says Jo Doe, looked, until 2026-12-01T00:00:00Z\n");
    EXPECT_EQ(no_told.shown.evidence(0).source(), "attestation a-1");
    EXPECT_EQ(no_told.shown.evidence(0).taken_at().seconds(), time_of("2026-08-01T00:00:00Z").seconds());
    EXPECT_EQ(decided("none { of { person { question: 'Is it so?' } } }", {}, told("no")).truth,
              Truth::holds);
}

TEST(Condition, IsOpenAgainWhenTheAnswerEndedOrIsForAnotherQuestion) {
    constexpr auto asks = "person { question: 'Is it so?' }";
    auto ended = told("no");
    ended.at = time_of("2026-12-01T00:00:00Z");
    EXPECT_EQ(decided(asks, {}, ended).truth, Truth::unknown);
    EXPECT_EQ(decided(asks, {}, ended).question, "Is it so?");
    EXPECT_EQ(decided(asks, {}, told("no", "Is it really so?")).truth, Truth::unknown);
    EXPECT_EQ(decided(asks, {}, told("")).truth, Truth::unknown);
    auto twice = told("no");
    auto& later = *twice.acceptances.add_attestations();
    later.CopyFrom(twice.acceptances.attestations(0));
    later.set_answer("yes");
    *later.mutable_made_at() = time_of("2026-08-02T00:00:00Z");
    EXPECT_EQ(decided(asks, {}, twice).truth, Truth::holds) << "the later word counts";
}

TEST(Condition, AsksTheSameOnlyOnce) {
    EXPECT_EQ(
        decided("any { of { person { question: 'One?' } } of { all { of { person { question: 'One?' } } "
                "} } }",
                {})
            .question,
        "One?");
}

TEST(Condition, ThatAsksNothingIsForEverybody) {
    EXPECT_EQ(truth("", {}), Truth::holds);
    EXPECT_THAT(describe({}), IsEmpty());
}

TEST(Condition, AsksAPersonWhatOnlyAPersonKnows) {
    const auto asked =
        decided("any { of { person { question: 'One?' } } of { person { question: 'Two?' } } }", {});
    EXPECT_EQ(asked.truth, Truth::unknown);
    EXPECT_EQ(asked.question, "One? Two?");
    EXPECT_FALSE(asked.unseen);
    const auto lacking = std::string(open) + "of { runs { versions { from: '15.0' } } } ";
    EXPECT_TRUE(decided("none { of { all { " + lacking + "} } }", {}).unseen);
    EXPECT_THAT(decided("runs { versions { from: '15.0' } }", {}).question, IsEmpty());
}

// What decided it is shown, and nothing else: of several that hold together, all of them.
TEST(Condition, ShowsWhatDecidedIt) {
    const auto fleet = fleet_of({node("a", installed("18.11.9")), node("b", installed("17.0.0"))});
    const auto runs = [](const char* from) {
        return std::string("of { runs { versions { from: '") + from + "' } } } ";
    };
    EXPECT_EQ(evidence_of(decided("all { " + runs("18.0") + runs("17.5") + "}", fleet)),
              "18.11.9 is installed\n18.11.9 is installed\n");
    EXPECT_EQ(evidence_of(decided("any { " + runs("19.0") + runs("17.5") + "}", fleet)),
              "18.11.9 is installed\n");
    const auto blind = fleet_of({node("a", gap("installation", "cause: DENIED detail: 'no right'"))});
    const auto lacking = decided("any { " + runs("19.0") + "}", blind);
    EXPECT_EQ(lacking.truth, Truth::unknown);
    EXPECT_EQ(evidence_of(lacking), "no right\n");
    EXPECT_EQ(lacking.shown.nodes(0), "a");
}

TEST(Condition, OfAllIsAboutTheNodesWhereItsPartsMeet) {
    const auto fleet = fleet_of(
        {node("a", installed("18.11.9")), node("b", installed("17.0.0")), node("c", installed("16.0.0"))});
    const auto both = decided(
        "all { of { runs { versions { from: '17.0' } } } of { runs { versions { below: '18.0' } } } }",
        fleet);
    EXPECT_EQ(both.truth, Truth::holds);
    EXPECT_THAT(both.shown.nodes(), Each("b"));
    EXPECT_EQ(evidence_of(both), "17.0.0 is installed\n17.0.0 is installed\n");
    const auto apart = decided(
        "all { of { runs { versions { from: '18.0' } } } of { runs { versions { below: '17.0' } } } }",
        fleet);
    EXPECT_EQ(apart.truth, Truth::holds) << "of the fleet";
    EXPECT_THAT(apart.shown.nodes(), ElementsAre("a", "c"));
}

// No predicate takes an empty fleet, or one that says nothing, for a proof.
TEST(Condition, IsUnknownOfWhatNobodyTold) {
    constexpr std::array predicates{"installed {}",
                                    "runs { versions { from: '1.0' } }",
                                    "system { package: 'deb' }",
                                    "nodes { role: RAILS }",
                                    "service { names: 'puma' }",
                                    "marker_file { names: 'x' }",
                                    "filesystem { network: true }",
                                    "security { fips: true }",
                                    "torn_file { probe: 'settings' beneath: '/x/' }",
                                    "setting { keys: 'x' }",
                                    "uses { kinds: 'ldap' }",
                                    "shares_storage_path {}",
                                    "secrets_differ {}",
                                    "server { component: POSTGRESQL versions { below: '99' } }",
                                    "server { component: REDIS versions { below: '99' } }",
                                    "server { component: PATRONI versions { below: '9' } }",
                                    "postgres_sets { name: 'x' values: 'y' }",
                                    "lacks_extension { name: 'x' }",
                                    "pending_restart {}",
                                    "through_pgbouncer {}",
                                    "unavailable_repositories {}",
                                    "instance_sets { column: 'x' values: 'y' }",
                                    "table { table: 'users' rows_above: 1 }",
                                    "unfinished_migration {}",
                                    "table_fact { fact: LONG_PUSH_RULE }",
                                    "beyond_ascii {}",
                                    "certificate_key { rsa_bits_above: 8192 }",
                                    "changed_edition {}",
                                    "geo_site { fact: OWN_URL }",
                                    "geo {}"};
    for (const auto* predicate : predicates) {
        EXPECT_EQ(truth(predicate, {}), Truth::unknown) << predicate;
        const auto silent = decided(predicate, fleet_of({silent_node("a")}));
        EXPECT_EQ(silent.truth, Truth::unknown) << predicate;
        EXPECT_THAT(silent.shown.nodes(), testing::ElementsAre("a")) << predicate;
    }
}

TEST(Condition, TellsHowItIsPlanned) {
    auto upgrade = to("19.3.0");
    EXPECT_EQ(decided("without_downtime {}", {}, upgrade).truth, Truth::fails);
    upgrade.without_downtime = true;
    EXPECT_EQ(decided("without_downtime {}", {}, upgrade).truth, Truth::holds);
}

TEST(Condition, KnowsWhetherFindingsCanDecideIt) {
    const auto can = [](std::string_view text) { return decidable(condition(text)); };
    const std::string person = "person { question: 'Is it so?' }";
    const std::string finding = "geo {}";
    const auto both = "of { " + finding + " } of { " + person + " }";
    EXPECT_TRUE(can(finding));
    EXPECT_FALSE(can(person));
    EXPECT_FALSE(can("all { " + both + " }"));
    EXPECT_TRUE(can("any { " + both + " }"));
    EXPECT_FALSE(can("none { " + both + " }"));
    EXPECT_FALSE(can("none { of { any { " + both + " } } }"));
    EXPECT_TRUE(can("none { of { all { " + both + " } } }")) << "where Geo is not used, it holds";
    EXPECT_TRUE(can("none { of { none { " + both + " } } }"));
    EXPECT_TRUE(can(""));
}

TEST(Condition, HoldsWithinAnIntervalFromItsBeginningToBeforeItsEnd) {
    v1::VersionInterval interval;
    interval.set_from("16.3");
    interval.set_below("16.3.5");
    EXPECT_FALSE(within(Version{16, 2, 11}, interval));
    EXPECT_TRUE(within(Version{16, 3, 0}, interval));
    EXPECT_TRUE(within(Version{16, 3, 4}, interval));
    EXPECT_FALSE(within(Version{16, 3, 5}, interval));
    interval.clear_from();
    EXPECT_TRUE(within(Version{1, 0, 0}, interval));
    EXPECT_FALSE(within(Version{16, 3, 4}, google::protobuf::RepeatedPtrField<v1::VersionInterval>()));
}

}  // namespace
}  // namespace preflight::readiness
