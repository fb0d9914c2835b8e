#include "readiness/difference.h"

#include <algorithm>
#include <random>

#include "readiness/render/render.h"
#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

v1::Report report(std::string_view text) {
    v1::Report made;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(with_times(std::string(text)), &made));
    return made;
}

// "WORSE backup.fresh web1: fresh -> stale"
std::vector<std::string> told(const v1::Report& before, const v1::Report& after) {
    std::vector<std::string> all;
    const auto differences = difference_of(before, after);
    for (const auto& one : differences.differences()) {
        all.push_back(v1::ReportDifference::Kind_Name(one.kind()) + " " + one.check() + " " + one.node() +
                      ": " + one.summary_before() + " -> " + one.summary_after());
    }
    return all;
}

std::vector<std::string> told(std::string_view before, std::string_view after) {
    return told(report(before), report(after));
}

constexpr auto fresh = R"(verdicts { check: "backup.fresh" key: "fresh" level: READY summary: "1 h old" })";
constexpr auto stale =
    R"(verdicts { check: "backup.fresh" key: "stale" level: WARNING summary: "90 h old" })";

TEST(Difference, OfAReportAndItselfIsNone) {
    const auto text =
        std::string(fresh) + R"(verdicts { check: "a.b" key: "c" level: BLOCKER summary: "x" nodes: "web1"
        nodes: "web2" } verdicts { check: "a.b" key: "c" level: BLOCKER summary: "y" nodes: "web1" })";
    EXPECT_THAT(told(text, text), IsEmpty());
    const auto differences = difference_of(report(text), report(text));
    EXPECT_EQ(differences.schema(), "preflight.v1.ReportDifferences");
}

TEST(Difference, TellsWhatBecameOfACheck) {
    EXPECT_THAT(told(fresh, stale), ElementsAre("WORSE backup.fresh : 1 h old -> 90 h old"));
    EXPECT_THAT(told(stale, fresh), ElementsAre("BETTER backup.fresh : 90 h old -> 1 h old"));
    EXPECT_THAT(told("", stale), ElementsAre("APPEARED backup.fresh :  -> 90 h old"));
    EXPECT_THAT(told(stale, ""), ElementsAre("WENT backup.fresh : 90 h old -> "));
    EXPECT_THAT(
        told(stale, R"(verdicts { check: "backup.fresh" key: "stale" level: WARNING summary: "91 h old" })"),
        ElementsAre("CHANGED backup.fresh : 90 h old -> 91 h old"));
}

// An unknown may hide a blocker, and a blocker is a blocker.
TEST(Difference, OrdersLevelsAsTheReportDoes) {
    const auto at = [](std::string_view level) {
        return report("verdicts { check: 'a.b' key: 'c' summary: 's' level: " + std::string(level) + " }");
    };
    const std::vector<std::string> best_first{"NOT_APPLICABLE", "READY",   "NOTE",
                                              "WARNING",        "UNKNOWN", "BLOCKER"};
    for (std::size_t i = 0; i + 1 < best_first.size(); ++i) {
        EXPECT_THAT(told(at(best_first[i]), at(best_first[i + 1])), ElementsAre("WORSE a.b : s -> s"));
        EXPECT_THAT(told(at(best_first[i + 1]), at(best_first[i])), ElementsAre("BETTER a.b : s -> s"));
    }
    EXPECT_THAT(told(at("UNKNOWN"), at("LEVEL_UNSPECIFIED")), ElementsAre("CHANGED a.b : s -> s"));
}

TEST(Difference, TakesJoinedVerdictsApartByNode) {
    EXPECT_THAT(
        told(R"(verdicts { check: "a.b" key: "bad" level: BLOCKER summary: "bad" nodes: "web1" nodes: "web2" }
                        verdicts { check: "a.b" key: "ok" level: READY summary: "ok" nodes: "web3" })",
             R"(verdicts { check: "a.b" key: "bad" level: BLOCKER summary: "bad" nodes: "web2" nodes: "web3" }
                        verdicts { check: "a.b" key: "ok" level: READY summary: "ok" nodes: "web1" nodes: "web4" })"),
        ElementsAre("WORSE a.b web3: ok -> bad", "BETTER a.b web1: bad -> ok", "APPEARED a.b web4:  -> ok"));
}

TEST(Difference, PairsTheSameSubjectOfOneCheck) {
    constexpr auto before = R"(
        verdicts { check: "settings.removed" key: "removed" level: BLOCKER summary: "nginx['a'] is removed in 19.0" }
        verdicts { check: "settings.removed" key: "removed" level: BLOCKER summary: "nginx['b'] is removed in 19.0" })";
    EXPECT_THAT(
        told(before, R"(
        verdicts { check: "settings.removed" key: "removed" level: WARNING summary: "nginx['b'] is removed in 20.0" })"),
        ElementsAre(
            "BETTER settings.removed : nginx['b'] is removed in 19.0 -> nginx['b'] is removed in 20.0",
            "WENT settings.removed : nginx['a'] is removed in 19.0 -> "));
    // With a choice nothing is guessed.
    EXPECT_THAT(told(before, R"(
        verdicts { check: "settings.removed" key: "removed" level: BLOCKER summary: "puma['c'] is removed in 19.0" })"),
                UnorderedElementsAre("APPEARED settings.removed :  -> puma['c'] is removed in 19.0",
                                     "WENT settings.removed : nginx['a'] is removed in 19.0 -> ",
                                     "WENT settings.removed : nginx['b'] is removed in 19.0 -> "));
}

TEST(Difference, TellsThatAVerdictIsAcceptedNow) {
    const auto waived = R"(verdicts { check: "backup.fresh" key: "stale" level: WARNING summary: "90 h old"
        waived_by: "w-1" })";
    const auto differences = difference_of(report(stale), report(waived));
    ASSERT_EQ(differences.differences_size(), 1);
    EXPECT_EQ(differences.differences(0).kind(), v1::ReportDifference::CHANGED);
    EXPECT_EQ(differences.differences(0).waived_by_after(), "w-1");
    EXPECT_THAT(told(waived, waived), IsEmpty());
}

TEST(Difference, HasTheWorstFirstAndWhatWentLast) {
    EXPECT_THAT(told(R"(verdicts { check: "z" key: "k" level: BLOCKER summary: "gone" })",
                     R"(verdicts { check: "c" key: "k" level: WARNING summary: "s" }
                        verdicts { check: "b" key: "k" level: UNKNOWN summary: "s" }
                        verdicts { check: "a" key: "k" level: WARNING summary: "s" nodes: "web2" nodes: "web1" }
                        verdicts { check: "d" key: "k" level: BLOCKER summary: "s" })"),
                ElementsAre("APPEARED d :  -> s", "APPEARED b :  -> s", "APPEARED a web1:  -> s",
                            "APPEARED a web2:  -> s", "APPEARED c :  -> s", "WENT z : gone -> "));
}

TEST(Difference, DoesNotDependOnTheOrderOfVerdicts) {
    auto before =
        report(R"(verdicts { check: "a" key: "k" level: BLOCKER summary: "one 1" nodes: "web1" nodes: "web2" }
        verdicts { check: "a" key: "k" level: BLOCKER summary: "two 2" nodes: "web1" }
        verdicts { check: "a" key: "l" level: WARNING summary: "three" nodes: "web1" }
        verdicts { check: "b" key: "k" level: UNKNOWN summary: "four" })");
    auto after =
        report(R"(verdicts { check: "a" key: "k" level: BLOCKER summary: "one 2" nodes: "web1" nodes: "web3" }
        verdicts { check: "a" key: "k" level: UNKNOWN summary: "two 3" nodes: "web1" }
        verdicts { check: "a" key: "m" level: WARNING summary: "five" nodes: "web1" }
        verdicts { check: "c" key: "k" level: UNKNOWN summary: "four" })");
    const auto expected = told(before, after);
    EXPECT_THAT(expected, Not(IsEmpty()));
    std::mt19937 random(4711);
    for (int round = 0; round < 20; ++round) {
        std::ranges::shuffle(*before.mutable_verdicts(), random);
        std::ranges::shuffle(*after.mutable_verdicts(), random);
        std::ranges::shuffle(*after.mutable_verdicts(0)->mutable_nodes(), random);
        EXPECT_EQ(told(before, after), expected);
    }
}

std::string text_of(const v1::Report& before, const v1::Report& after) {
    return render_text(difference_of(before, after), TextStyle{});
}

TEST(DifferenceText, SaysWhatEachReportSaidAndWhatDiffers) {
    const auto before = report(std::string(stale) + R"(outcome: READY_WITH_CONDITIONS target_version: "19.2.4"
        generated_at {at 2026-08-20T12:00:00Z}
        verdicts { check: "a.b" key: "ok" level: READY summary: "all well" nodes: "web1" nodes: "web2" })");
    const auto after =
        report(R"(outcome: NOT_READY target_version: "19.3.0" generated_at {at 2026-08-21T12:00:00Z}
        verdicts { check: "a.b" key: "bad" level: BLOCKER summary: "broken" nodes: "web1" nodes: "web2" })");
    EXPECT_EQ(text_of(before, after), R"(Before: READY WITH CONDITIONS for 19.2.4, 2026-08-20 12:00 UTC
Now: NOT READY for 19.3.0, 2026-08-21 12:00 UTC

2 worse, 1 went

== Worse: 2

x a.b: ready -> blocker
   Where        web1, web2
   Before       all well
   Now          broken

== Went: 1

! backup.fresh: warning
   Where        the instance
   Before       90 h old
)");
    EXPECT_THAT(text_of(after, after), HasSubstr("No verdict differs."));
}

TEST(DifferenceText, ShowsForeignTextHarmless) {
    auto hostile = report(stale);
    hostile.mutable_verdicts(0)->set_summary("\x1b[2J\n== Went: 0");
    hostile.mutable_verdicts(0)->set_check("a\x1b");
    hostile.mutable_verdicts(0)->add_nodes("web\r1");
    hostile.mutable_verdicts(0)->set_waived_by("w\x07");
    const auto text = text_of(report(""), hostile);
    EXPECT_THAT(text, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\r")), Not(HasSubstr("\x07")),
                            Not(HasSubstr("\n== Went"))));
}

}  // namespace
}  // namespace preflight::readiness
