#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "readiness/render/markdown_text.h"
#include "readiness/render/render.h"
#include "readiness/render/visible.h"
#include "tests/readiness/render/report_builder.h"

namespace preflight::readiness {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(MarkdownReport, AnswersTheQuestionFirstAndTellsEveryPart) {
    const auto text = render_markdown(report_of(R"(
        from_version: "18.11.4" target_version: "19.3.0" outcome: NOT_READY
        verdicts { check: "backup.fresh" level: BLOCKER title: "No fresh backup" summary: "9 days old" nodes: "rails-1"
            remedy: "Make one." commands { argv: ["gitlab-backup", "create"] } verify { argv: ["ls"] }
            evidence { source: "/var/backups" taken_at { seconds: 60 } } }
        verdicts { check: "secrets.present" level: READY title: "Secrets are there" summary: "on 9 nodes" }
        path { version: "19.3.0" }
        plan { steps { to: "19.3.0" phase: IN_WINDOW title: "Install" nodes: "rails-1" commands { argv: ["apt-get", "a b"] } } }
        way_back { hops { from: "18.11.4" to: "19.3.0" point_of_no_return: "When it migrates."
            needs { what: "A backup" state: MISSING detail: "too old" nodes: "rails-1" } } }
        nodes { name: "rails-1" })"));
    EXPECT_THAT(
        text, StartsWith("# Can this instance go from 18.11.4 to 19.3.0? NOT READY\n\n1 blocker, 1 ready\n"));
    EXPECT_THAT(text,
                HasSubstr("## Blockers: 1\n\n### blocker: No fresh backup (backup.fresh)\n\n"
                          "- **Where:** rails-1\n- **Found:** 9 days old\n"
                          "- **Evidence:** /var/backups; 1970-01-01 00:01 UTC\n- **Remedy:** Make one.\n\n"
                          "**Do:**\n\n```sh\ngitlab-backup create\n```\n\n**Verify:**\n\n```sh\nls\n```\n"));
    EXPECT_THAT(text, HasSubstr("### To 19.3.0: in the window\n\n#### 1. Install\n\n- **Where:** rails-1\n"
                                "- **Back:** not known\n\n**Do:**\n\n```sh\napt-get 'a b'\n```\n"));
    EXPECT_THAT(text,
                HasSubstr("### From 19.3.0 back to 18.11.4: 1 missing\n\n- **No return:** When it migrates.\n"
                          "- A backup, missing: too old \\[rails-1\\]\n"));
    EXPECT_THAT(text, HasSubstr("## Ready: 1\n\n- Secrets are there (secrets.present): on 9 nodes\n"));
    EXPECT_THAT(text, HasSubstr("| rails-1 | not known | not known | not known | not known | 0 |\n"));
    EXPECT_THAT(text, EndsWith("\n"));
}

TEST(MarkdownReport, NamesEveryNodeOfAStep) {
    v1::Report report;
    auto& step = *report.mutable_plan()->add_steps();
    for (int i = 101; i <= 300; ++i) step.add_nodes("gitaly-" + std::to_string(i));
    const auto text = render_markdown(report);
    for (int i = 101; i <= 300; ++i) EXPECT_THAT(text, HasSubstr("gitaly-" + std::to_string(i)));
}

TEST(MarkdownReport, LetsNoForeignTextFormatMentionOrLink) {
    EXPECT_EQ(render::markdown_escape("@all #1 !2 ~bug *b* `c` [x](y) <img> a|b"),
              "\\@all \\#1 \\!2 \\~bug \\*b\\* \\`c\\` \\[x\\](y) \\<img\\> a\\|b");
    EXPECT_EQ(render::markdown_escape_first("/close"), "\\/close");
    EXPECT_EQ(render::markdown_escape_first("- item"), "\\- item");
    EXPECT_EQ(render::markdown_escape("/etc/gitlab/gitlab.rb"), "/etc/gitlab/gitlab.rb");
    EXPECT_EQ(render::markdown_escape("a\nb\x1b"), "a b\\\\u001b");
}

// Wherever they stand: GitLab links them in any text, whatever is escaped.
TEST(MarkdownReport, MakesNoLinkOfAForeignAddress) {
    EXPECT_EQ(render::markdown_escape("see https://evil.example/a_b *now*"),
              "see `https://evil.example/a_b` \\*now\\*");
    EXPECT_EQ(render::markdown_escape("(HTTP://evil.example)  WWW.evil.example ftp://x"),
              "`(HTTP://evil.example)`  `WWW.evil.example` `ftp://x`");
    EXPECT_EQ(render::markdown_escape("mail a@evil.example, @all"), "mail `a@evil.example,` \\@all");
    EXPECT_EQ(render::markdown_escape("https://x/`a``b`"), "``` https://x/`a``b` ```");
    EXPECT_EQ(render::markdown_escape("https://x/a|https://y"), "`https://x/a`\\|`https://y`");
    EXPECT_EQ(render::markdown_escape_first("https://x"), "`https://x`");
    EXPECT_EQ(render::markdown_escape("tcp: //x and 10.0.0.1:8075"), "tcp: //x and 10.0.0.1:8075");
}

TEST(MarkdownReport, HasNoLinkThatANodeWrote) {
    auto report = report_full_of("https://evil.example/x");
    report.mutable_architecture()->clear_mermaid();
    std::istringstream in(render_markdown(report));
    bool code = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("```")) code = !code;
        const auto at = line.find("https://evil");
        // What the knowledge has to read is a link.
        if (code || at == std::string::npos || line.starts_with("- **Read:** <")) continue;
        EXPECT_GT(std::count(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(at), '`') % 2, 0)
            << line;
    }
}

TEST(MarkdownReport, BeginsNoListOrCodeWithForeignText) {
    EXPECT_EQ(render::markdown_escape_first("1. item"), "1\\. item");
    EXPECT_EQ(render::markdown_escape_first("12)"), "12\\)");
    EXPECT_EQ(render::markdown_escape_first("18.11.4: runs now"), "18.11.4: runs now");
    EXPECT_EQ(render::markdown_escape_first("     /close"), "\\/close");
    EXPECT_EQ(render::markdown_escape_first("  "), "");
}

TEST(MarkdownReport, BeginsNoLineWithWhatANodeSays) {
    auto report = report_full_of("/close\n/assign @me\n```\n# Ready: 99");
    report.mutable_architecture()->clear_mermaid();  // its lines are ours, within a block
    const auto text = render_markdown(report);
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        EXPECT_FALSE(line.starts_with('/')) << line;
        EXPECT_FALSE(line.starts_with("# Ready")) << line;
    }
    EXPECT_EQ(text, render::valid_utf8(text));
}

TEST(MarkdownReport, LinksToPlainAddressesOfTheWebOnly) {
    render::MarkdownText text;
    text.link("Read", "https://docs.gitlab.com/a_b/#c_d");
    text.link("Read", "https://evil.example/>[x](y)");
    text.link("Read", "javascript:alert(1)");
    EXPECT_EQ(std::move(text).text(),
              "- **Read:** <https://docs.gitlab.com/a_b/#c_d>\n"
              "- **Read:** `https://evil.example/>[x](y)`\n"
              "- **Read:** javascript:alert(1)\n");
}

TEST(MarkdownReport, EndsABlockOnlyWhereItEnds) {
    render::MarkdownText text;
    text.block("mermaid", "flowchart LR\n```\n````\n/close");
    EXPECT_EQ(std::move(text).text(), "`````mermaid\nflowchart LR\n```\n````\n/close\n`````\n\n");
}

TEST(MarkdownReport, HasTheArchitectureAsGitLabDrawsIt) {
    const auto text = render_markdown(report_of(R"(
        architecture { nodes { id: "n1" name: "rails-1" roles: "Rails" reports: true } mermaid: "flowchart LR\n  n1\n" })"));
    EXPECT_THAT(text,
                HasSubstr("## Architecture\n\n- Rails: rails-1\n\n```mermaid\nflowchart LR\n  n1\n```\n"));
}

TEST(MarkdownReport, OfAnEmptyMessageIsNeverGreen) {
    const auto text = render_markdown({});
    EXPECT_THAT(text, HasSubstr("CANNOT SAY"));
    EXPECT_THAT(text, Not(HasSubstr("READY")));
}

}  // namespace
}  // namespace preflight::readiness
