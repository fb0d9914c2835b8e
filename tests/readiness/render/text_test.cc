#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "readiness/render/render.h"
#include "readiness/render/visible.h"
#include "tests/readiness/render/report_builder.h"

namespace preflight::readiness {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

// A line that no wrapping could make shorter.
bool is_one_word(const std::string& line) {
    std::istringstream in(line);
    std::string word;
    int words = 0;
    while (in >> word) ++words;
    return words == 1;
}

TEST(TextReport, AnswersTheQuestionFirst) {
    const auto report = report_of(R"(
        from_version: "18.11.4" target_version: "19.3.0" outcome: NOT_READY
        verdicts { check: "a.b" level: BLOCKER } verdicts { check: "a.c" level: BLOCKER }
        verdicts { check: "a.d" level: UNKNOWN } verdicts { check: "a.e" level: READY })");
    EXPECT_THAT(render_text(report, {}), StartsWith("Can this instance go from 18.11.4 to 19.3.0?\n"
                                                    "NOT READY: 2 blockers, 1 unknown, 1 ready\n"));
}

TEST(TextReport, OfAnEmptyMessageIsNeverGreen) {
    const auto text = render_text(v1::Report(), {});
    EXPECT_THAT(text, HasSubstr("CANNOT SAY: nothing was checked"));
    EXPECT_THAT(text, HasSubstr("No node has reported."));
    EXPECT_THAT(text, Not(HasSubstr("READY")));
}

TEST(TextReport, CountsALevelThatItDoesNotKnowAsUnknown) {
    auto report = report_of(R"(verdicts { check: "new.check" title: "From tomorrow" })");
    report.mutable_verdicts(0)->set_level(static_cast<v1::Level>(42));
    EXPECT_THAT(render_text(report, {}), HasSubstr("== Unknown: 1\n\n? From tomorrow (new.check)\n"));
}

TEST(TextReport, ShowsWhereWhatWhyAndHow) {
    const auto report = report_of(R"(
        verdicts { check: "system.clock" level: WARNING title: "The clock is not kept" summary: "No time service runs"
            nodes: "gitaly-1" nodes: "gitaly-2" consequence: "Tokens fail." remedy: "Switch it on."
            commands { argv: ["sudo", "timedatectl", "set-ntp", "true"] } verify { argv: ["timedatectl", "it's on"] }
            links: "https://docs.gitlab.com/x/"
            evidence { node: "gitaly-1" source: "timedatectl" taken_at { seconds: 60 } what: "NTP=no" } })");
    EXPECT_THAT(render_text(report, {}), HasSubstr(R"(
! The clock is not kept (system.clock)
   Where        gitaly-1, gitaly-2
   Found        No time service runs
   Consequence  Tokens fail.
   Remedy       Switch it on.
                  sudo timedatectl set-ntp true
   Verify         timedatectl 'it'\''s on'
   Evidence     gitaly-1: NTP=no (timedatectl, 1970-01-01 00:01 UTC)
   Read         https://docs.gitlab.com/x/
)"));
}

TEST(TextReport, NamesManyNodesOnOneLine) {
    v1::Report report;
    auto& verdict = *report.add_verdicts();
    verdict.set_level(v1::BLOCKER);
    for (int i = 1; i <= 200; ++i) verdict.add_nodes("gitaly-" + std::to_string(i));
    const auto text = render_text(report, {});
    EXPECT_THAT(text,
                HasSubstr("   Where        gitaly-1, gitaly-2, gitaly-3, gitaly-4, gitaly-5 and 195 more\n"));
}

TEST(TextReport, JoinsEvidenceThatSaysTheSame) {
    const auto report = report_of(R"(
        verdicts { check: "a.b" level: NOTE
            evidence { node: "n1" source: "/etc/os-release" what: "ID=debian" taken_at { seconds: 150 } }
            evidence { node: "n2" source: "/etc/os-release" what: "ID=ubuntu" taken_at { seconds: 6 } }
            evidence { node: "n3" source: "/etc/os-release" what: "ID=debian" taken_at { seconds: 4 } } })");
    EXPECT_THAT(render_text(report, {.width = 120}), HasSubstr(R"(
   Evidence     n1, n3: ID=debian (/etc/os-release, 1970-01-01 00:00 to 00:02 UTC)
                n2: ID=ubuntu (/etc/os-release, 1970-01-01 00:00 UTC)
)"));
}

TEST(TextReport, SaysHowMuchEvidenceIsLeftOut) {
    v1::Report report;
    auto& verdict = *report.add_verdicts();
    verdict.set_level(v1::NOTE);
    for (int i = 1; i <= 9; ++i) verdict.add_evidence()->set_what("seen " + std::to_string(i));
    const auto text = render_text(report, {});
    EXPECT_THAT(text, HasSubstr("seen 6 (time not known)\n"
                                "                and 3 more, in the HTML and JSON reports\n"));
    EXPECT_THAT(text, Not(HasSubstr("seen 7")));
}

TEST(TextReport, HasNoEscapeSequenceWithoutColour) {
    EXPECT_THAT(render_text(report_full_of("plain"), {}), Not(HasSubstr("\x1b")));
}

TEST(TextReport, PutsColourAroundWordsAndTakesItBack) {
    const auto text = render_text(report_full_of("plain"), {.width = 80, .colour = true});
    EXPECT_THAT(text, HasSubstr("\x1b[1;31m== Blockers: 1\x1b[0m\n"));
    for (const auto& line : lines_of(text)) {
        const auto code = line.find('\x1b');
        EXPECT_TRUE(code == std::string::npos || line.ends_with("\x1b[0m")) << line;
    }
}

TEST(TextReport, SaysTheSameWithAndWithoutColour) {
    const auto report = report_full_of("some words of a node");
    std::string coloured = render_text(report, {.width = 80, .colour = true});
    for (auto start = coloured.find('\x1b'); start != std::string::npos; start = coloured.find('\x1b')) {
        coloured.erase(start, coloured.find('m', start) - start + 1);
    }
    EXPECT_EQ(coloured, render_text(report, {}));
}

TEST(TextReport, KeepsTheCountsInOnePiece) {
    v1::Report report;
    for (const auto level : {v1::BLOCKER, v1::UNKNOWN, v1::WARNING, v1::NOTE, v1::READY, v1::NOT_APPLICABLE})
        report.add_verdicts()->set_level(level);
    EXPECT_THAT(render_text(report, {.width = 72}),
                HasSubstr("\nCANNOT SAY:\n"
                          "   1 blocker, 1 unknown, 1 warning, 1 note, 1 ready, 1 not applicable\n"));
}

TEST(TextReport, NamesEndpointsThatNobodyAnswersForFirst) {
    const auto report = report_of(R"(
        endpoints { kind: "PostgreSQL" address: "10.20.0.51:6432" purposes: "ci" purposes: "main" state: COVERED
            answered_by: "pg-1.git.example" used_by: "rails-1.git.example" used_by: "sidekiq-1" }
        endpoints { kind: "Redis" address: "10.20.0.9:6379" state: EXTERNAL used_by: "sidekiq-1" }
        endpoints { kind: "Gitaly" address: "gitaly-9.git.example:8075" purposes: "storage old"
            state: NOT_COVERED used_by: "sidekiq-1" })");
    EXPECT_THAT(render_text(report, {}), HasSubstr(R"(
== Endpoints that this instance uses: 3

? Gitaly gitaly-9.git.example:8075 for storage old
   NOT COVERED; used by sidekiq-1
+ PostgreSQL 10.20.0.51:6432 for ci, main
   covered by pg-1; used by rails-1, sidekiq-1
i Redis 10.20.0.9:6379
   external; used by sidekiq-1
)"));
}

TEST(TextReport, CutsHostNamesEverywhereAndSaysSo) {
    const auto report = report_of(R"(
        verdicts { check: "a.b" level: WARNING nodes: "rails-1.git.example"
            evidence { node: "rails-1.git.example" what: "seen" taken_at { seconds: 60 } } }
        verdicts { check: "a.c" level: READY nodes: "rails-1.git.example" }
        nodes { name: "rails-1.git.example" })");
    const auto text = render_text(report, {});
    EXPECT_THAT(text, HasSubstr("   Where        rails-1\n"));
    EXPECT_THAT(text, HasSubstr("   Evidence     rails-1: seen (1970-01-01 00:01 UTC)\n"));
    EXPECT_THAT(text, HasSubstr("+ a.c [rails-1]\n"));
    EXPECT_THAT(text, HasSubstr("Host names are cut where that leaves no doubt"));
    EXPECT_THAT(text, Not(HasSubstr("git.example")));
    EXPECT_THAT(render_text(report_of(R"(nodes { name: "rails-1" })"), {}), Not(HasSubstr("Host names")));
}

class TextWidth : public testing::TestWithParam<int> {};

TEST_P(TextWidth, IsPassedByNoLineButOfOneWord) {
    auto report = report_full_of(
        "what a node may say in many words, with a path "
        "/var/opt/gitlab/backups/1793001600_2026_10_26_18.11.4-ee.tar "
        "in it and Zürich too");
    // A command's argument is one word, spaces and all.
    const auto clear_commands = [](auto& told) {
        for (auto& one : told) {
            one.clear_commands();
            one.clear_verify();
        }
    };
    clear_commands(*report.mutable_verdicts());
    clear_commands(*report.mutable_plan()->mutable_steps());
    clear_commands(*report.mutable_way_back()->mutable_hops(0)->mutable_steps());
    for (const auto& line : lines_of(render_text(report, {.width = GetParam()}))) {
        EXPECT_TRUE(render::columns(line) <= GetParam() || is_one_word(line)) << line;
    }
}

INSTANTIATE_TEST_SUITE_P(Widths, TextWidth, testing::Values(40, 72, 80, 120));

TEST(TextReport, LetsNoHostNameDriveTheTerminal) {
    const auto text = render_text(report_full_of("evil\x1b]0;owned\x07\n== Ready: 99\r\xC2\x9B"
                                                 "31m\u202E\xFF"),
                                  {});
    for (const char c : text)
        EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
    EXPECT_THAT(text, Not(HasSubstr("\xC2\x9B")));
    EXPECT_THAT(text, Not(HasSubstr("\u202E")));
    EXPECT_THAT(text, Not(HasSubstr("\n== Ready: 99")));
    EXPECT_EQ(text, render::valid_utf8(text));
}

TEST(TextReport, TakesATimeThatIsNoneForNotKnown) {
    const auto text = render_text(report_of(R"(
        generated_at { seconds: 9000000000000000000 nanos: -7 }
        nodes { name: "rails-1" inspected_at { seconds: -9000000000000000000 } })"),
                                  {});
    EXPECT_THAT(text, HasSubstr("report made time not known"));
    EXPECT_THAT(text, HasSubstr("Based on 1 node, none of them inspected."));
}

TEST(TextReport, TellsTheHopsWithTheirReasons) {
    const auto text = render_text(report_of(R"(
        from_version: "18.11.4" target_version: "19.3.0"
        path { version: "18.11.11" stop: true reason: "Migrations must end." }
        path { version: "19.2.5" stop: true conditional: true condition: "Geo is used" }
        path { version: "19.3.0" })"),
                                  {});
    EXPECT_THAT(text, HasSubstr("Path: 18.11.4 -> 18.11.11 -> 19.2.5 -> 19.3.0\n"
                                "   18.11.11     required stop: Migrations must end.\n"
                                "   19.2.5       conditional stop: Needed if Geo is used.\n"
                                "   19.3.0       target\n"));
}

}  // namespace
}  // namespace preflight::readiness
