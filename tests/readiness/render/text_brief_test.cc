// The text that one decides by, and its parts one by one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "readiness/render/render.h"
#include "tests/readiness/render/report_builder.h"

namespace preflight::readiness {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string brief(std::string_view text) {
    return render_text(report_of(std::string(text)), {.brief = true});
}

std::string only(const v1::Report& report, std::vector<TextPart> parts) {
    return render_text(report, {.brief = true, .only = std::move(parts)});
}

TEST(BriefText, ShowsOfABlockerWhatOneDecidesBy) {
    const auto text = brief(R"(
        verdicts { check: "system.clock" level: BLOCKER title: "The clock" summary: "No time service runs"
            nodes: "gitaly-1" consequence: "Tokens fail." remedy: "Switch it on."
            commands { argv: ["timedatectl", "set-ntp", "true"] } verify { argv: ["timedatectl"] }
            links: "https://docs.gitlab.com/x/"
            evidence { node: "a" what: "one" taken_at { seconds: 60 } } evidence { node: "b" what: "two" taken_at { seconds: 60 } }
            evidence { node: "c" what: "three" taken_at { seconds: 60 } } })");
    EXPECT_THAT(text, HasSubstr(R"(
== Blockers: 1

x The clock (system.clock)
   Where        gitaly-1
   Found        No time service runs
   Consequence  Tokens fail.
   Remedy       Switch it on.
                  timedatectl set-ntp true
   Evidence     a: one (1970-01-01 00:01 UTC)
                b: two (1970-01-01 00:01 UTC)
                and 1 more, in the HTML and JSON reports
)"));
    EXPECT_THAT(text, AllOf(Not(HasSubstr("Verify")), Not(HasSubstr("https://"))));
}

TEST(BriefText, GivesNotesALineAndCountsWhatIsReady) {
    const auto text = brief(R"(
        verdicts { check: "a.b" level: NOTE title: "Note" summary: "Good to know" nodes: "n1" remedy: "Nothing." }
        verdicts { check: "a.c" level: READY title: "Well" summary: "All well" })");
    EXPECT_THAT(text, HasSubstr("1 note, 1 ready"));
    EXPECT_THAT(text, HasSubstr("\n== Notes: 1\n\ni Note (a.b): Good to know [n1]\n"));
    EXPECT_THAT(text,
                AllOf(Not(HasSubstr("== Ready")), Not(HasSubstr("All well")), Not(HasSubstr("Nothing."))));
}

TEST(BriefText, GivesEachStepALine) {
    const auto text = brief(R"(
        plan { manner: WITH_DOWNTIME open: "Is Patroni used?"
            steps { phase: BEFORE_WINDOW title: "Read the notes" why: "They tell." }
            steps { to: "19.3.0" phase: IN_WINDOW title: "Install GitLab 19.3.0" nodes: "web-1" nodes: "web-2"
                commands { argv: ["apt-get", "install"] } reversal: RESTORE_ONLY expected: "It runs." } })");
    EXPECT_THAT(text, HasSubstr(R"(
== Plan: 2 steps, with downtime

? A draft: what is open may change it.
   - Is Patroni used?

-- Before the window, while GitLab serves
   1. Read the notes [a person, on no node]

-- To 19.3.0: in the window
   2. Install GitLab 19.3.0 [web-1, web-2]; from here on only a restore leads
      back
)"));
    EXPECT_THAT(text,
                AllOf(Not(HasSubstr("apt-get")), Not(HasSubstr("They tell")), Not(HasSubstr("It runs"))));
}

TEST(BriefText, NamesEveryNodeOnWhichCommandsAreTyped) {
    v1::Report report;
    auto& typed = *report.mutable_plan()->add_steps();
    typed.add_commands()->add_argv("reboot");
    auto& told = *report.mutable_plan()->add_steps();
    for (int i = 101; i <= 300; ++i) {
        typed.add_nodes("gitaly-" + std::to_string(i));
        told.add_nodes("web-" + std::to_string(i));
    }
    const auto text = render_text(report, {.brief = true});
    for (int i = 101; i <= 300; ++i) EXPECT_THAT(text, HasSubstr("gitaly-" + std::to_string(i)));
    EXPECT_THAT(text, AllOf(HasSubstr("web-101"), Not(HasSubstr("web-300")), HasSubstr(" more]")));
}

TEST(BriefText, NamesTheFirstOfManyOpenPoints) {
    v1::Report report;
    for (int i = 1; i <= 20; ++i) report.mutable_plan()->add_open("point " + std::to_string(i));
    const auto text = render_text(report, {.brief = true});
    EXPECT_THAT(text, AllOf(HasSubstr("   - point 8\n   - and 12 more\n"), Not(HasSubstr("point 9"))));
}

TEST(BriefText, SaysOfTheWayBackWhatIsMissing) {
    const auto text = brief(R"(
        plan { steps { id: "a" title: "Stop" } steps { id: "b" title: "Migrate" } }
        way_back { notes: "Long." hops { from: "18.11.4" to: "18.11.11" point_step: "b"
            needs { what: "A full backup" state: MISSING } needs { what: "The package" state: PROVED }
            steps { title: "Stop GitLab" } } })");
    EXPECT_THAT(text, HasSubstr(R"(
== Way back: 1 hop

   - From 18.11.11 back to 18.11.4: 1 missing, 1 proved; from step 2 on only by
     a restore
     x A full backup: missing
)"));
    EXPECT_THAT(text, AllOf(Not(HasSubstr("Stop GitLab")), Not(HasSubstr("Long."))));
    EXPECT_THAT(brief(R"(way_back { notes: "No version was seen." })"),
                HasSubstr("\n   - No version was seen.\n"));
}

TEST(BriefText, SaysWhatItLeavesOutAndHowOneGetsIt) {
    const auto text = brief(
        R"(nodes { name: "n1" } endpoints { kind: "Redis" } support { questions { id: "geo" question: "Geo?" } })");
    EXPECT_THAT(text,
                AllOf(HasSubstr("== Not shown here"), HasSubstr("Answers for GitLab Support: 1 question"),
                      HasSubstr("1 endpoint, 1 node"), HasSubstr("--full"), HasSubstr("--section")));
    EXPECT_THAT(text, Not(HasSubstr("== Nodes")));
}

TEST(BriefText, OfAnEmptyMessageIsNeverGreen) {
    const auto text = render_text(v1::Report(), {.brief = true});
    EXPECT_THAT(text, AllOf(HasSubstr("CANNOT SAY: nothing was checked"), Not(HasSubstr("READY"))));
}

TEST(BriefText, KeepsAcceptancesThatLostTheirForceAboveAll) {
    const auto text =
        brief(R"(verdicts { check: "a.b" level: BLOCKER title: "T" summary: "s" waived_by: "w-1" }
        acceptances { id: "w-1" state: IN_FORCE detail: "by Jo Doe" } acceptances { id: "w-2" state: EXPIRED })");
    EXPECT_LT(text.find("!! 1 acceptance is no longer in force"), text.find("== Accepted: 1"));
    EXPECT_THAT(
        text,
        HasSubstr(
            "x Accepted blocker: T (a.b)\n   Accepted     w-1: by Jo Doe\n   Where        the instance\n"
            "   Found        s\n"));
}

TEST(BriefText, ShowsForeignTextHarmless) {
    const auto text = render_text(report_full_of("evil\x1b]0;owned\x07\n== Ready: 99\r"), {.brief = true});
    EXPECT_THAT(text, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\x07")), Not(HasSubstr("\r")),
                            Not(HasSubstr("\n== Ready"))));
}

TEST(TextParts, StandWholeBelowTheAnswer) {
    const auto report = report_of(R"(
        from_version: "19.2.4" target_version: "19.3.0" path { version: "19.3.0" } nodes { name: "n1" }
        verdicts { check: "a.b" level: WARNING title: "Warn" } verdicts { check: "a.c" level: READY title: "Well" }
        plan { steps { title: "Install" commands { argv: ["apt-get", "install"] } } }
        endpoints { kind: "Redis" address: "10.0.0.1:6379" })");
    const auto plan = only(report, {TextPart::plan});
    EXPECT_THAT(plan, StartsWith("Can this instance go from 19.2.4 to 19.3.0?\n"));
    EXPECT_THAT(plan,
                AllOf(HasSubstr("apt-get install"), Not(HasSubstr("== Warnings")), Not(HasSubstr("Path:")),
                      Not(HasSubstr("== Nodes")), Not(HasSubstr("Not shown here"))));
    EXPECT_THAT(only(report, {TextPart::nodes, TextPart::verdicts}),
                AllOf(HasSubstr("== Warnings: 1"), HasSubstr("== Nodes: 1"), Not(HasSubstr("== Plan"))));
    EXPECT_THAT(only(report, {TextPart::ready}), HasSubstr("== Ready: 1"));
    EXPECT_THAT(only(report, {TextPart::endpoints}), HasSubstr("10.0.0.1:6379"));
    EXPECT_THAT(only(report, {TextPart::path}), HasSubstr("Path: 19.2.4 -> 19.3.0"));
}

// All of them together are the whole text.
TEST(TextParts, MakeUpTheWhole) {
    const auto report = report_full_of("words");
    std::vector<TextPart> all;
    for (const auto& [name, part] : text_parts()) all.push_back(part);
    EXPECT_EQ(only(report, all), render_text(report, {}));
}

}  // namespace
}  // namespace preflight::readiness
