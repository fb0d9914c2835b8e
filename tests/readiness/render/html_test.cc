#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "readiness/render/render.h"
#include "readiness/render/visible.h"
#include "tests/readiness/render/report_builder.h"

namespace preflight::readiness {
namespace {

using testing::HasSubstr;
using testing::Not;

int count_of(const std::string& text, const std::string& part) {
    int count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

TEST(HtmlReport, RunsNothingAndLoadsNothing) {
    const auto html = render_html(report_full_of("https://docs.gitlab.com/a"));
    EXPECT_THAT(html, HasSubstr("content=\"default-src 'none'; style-src 'unsafe-inline'; "));
    for (const auto* loader :
         {"<script", "<link", "<img", "<iframe", "<object", "<embed", "<form", "<base",
          "src=", "srcset=", "url(", "@import", "@font-face", "http-equiv=\"refresh\"", "javascript:"}) {
        EXPECT_THAT(html, Not(HasSubstr(loader)));
    }
    EXPECT_EQ(count_of(html, "href=\"http"),
              count_of(html, "<a rel=\"noreferrer noopener\" href=\"https://"));
}

TEST(HtmlReport, ShowsForeignMarkupInsteadOfObeyingIt) {
    const auto html = render_html(report_full_of("\"><script>alert('1')</script><img src=x onerror=a>&amp;"));
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("<img")));
    EXPECT_THAT(html, HasSubstr("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
    EXPECT_THAT(html, HasSubstr("&amp;amp;"));
}

TEST(HtmlReport, LinksToTheWebOnly) {
    v1::Report report;
    auto& verdict = *report.add_verdicts();
    verdict.set_level(v1::NOTE);
    verdict.add_links("javascript:alert(1)");
    verdict.add_links("http://plain.example/");
    verdict.add_links("https://docs.example/?a=\"b");
    const auto html = render_html(report);
    EXPECT_THAT(html, Not(HasSubstr("href=\"javascript")));
    EXPECT_THAT(html, Not(HasSubstr("href=\"http:")));
    EXPECT_THAT(html, HasSubstr("href=\"https://docs.example/?a=&quot;b\""));
}

TEST(HtmlReport, MakesControlBytesAndBrokenUtf8Visible) {
    const auto html = render_html(report_full_of("a\x1b[2J\u202E\xFF"));
    EXPECT_THAT(html, HasSubstr("a\\u001b[2J\\u202e\uFFFD"));
    EXPECT_THAT(html, Not(HasSubstr("\x1b")));
    EXPECT_EQ(html, render::valid_utf8(html));
}

TEST(HtmlReport, GivesEveryVerdictAnAnchorOfItsOwn) {
    const auto html = render_html(report_of(R"(
        verdicts { check: "backup.fresh" level: BLOCKER } verdicts { check: "backup.fresh" level: WARNING }
        verdicts { check: "a b\"c" level: READY }
        verdicts { level: READY })"));
    EXPECT_EQ(count_of(html, "id=\"\""), 0);
    EXPECT_EQ(count_of(html, "id=\"backup.fresh\""), 1);
    EXPECT_EQ(count_of(html, "id=\"backup.fresh-2\""), 1);
    EXPECT_EQ(count_of(html, "id=\"a_b_c\""), 1);
}

TEST(HtmlReport, OpensTheEvidenceOfBlockersOnly) {
    const auto html = render_html(report_of(R"(
        verdicts { check: "a.a" level: BLOCKER evidence { what: "x" } }
        verdicts { check: "a.b" level: BLOCKER evidence { what: "x" } waived_by: "w-1" }
        verdicts { check: "a.c" level: UNKNOWN evidence { what: "x" } }
        verdicts { check: "a.d" level: READY evidence { what: "x" } })"));
    EXPECT_EQ(count_of(html, "<details"), 4);
    EXPECT_EQ(count_of(html, "<details class=\"evidence\" open>"), 1);
}

TEST(HtmlReport, NamesEveryNodeAndAllEvidence) {
    v1::Report report;
    auto& verdict = *report.add_verdicts();
    verdict.set_level(v1::WARNING);
    for (int i = 1; i <= 200; ++i) {
        verdict.add_nodes("gitaly-" + std::to_string(i));
        verdict.add_evidence()->set_what("seen " + std::to_string(i));
    }
    const auto html = render_html(report);
    EXPECT_THAT(html, HasSubstr("<li>gitaly-200</li>"));
    EXPECT_THAT(html, HasSubstr(">seen 200<"));
}

TEST(HtmlReport, FoldsALongListOfNodesButKeepsAShortOneInSight) {
    v1::Report report;
    auto& verdict = *report.add_verdicts();
    for (int i = 1; i <= 12; ++i) verdict.add_nodes("gitaly-" + std::to_string(i));
    EXPECT_THAT(render_html(report), Not(HasSubstr("<details")));
    verdict.add_nodes("gitaly-13");
    EXPECT_THAT(render_html(report), HasSubstr("<details><summary>gitaly-1, gitaly-2, gitaly-3, gitaly-4, "
                                               "gitaly-5, gitaly-6 and 7 more</summary>"));
}

TEST(HtmlReport, FoldsALongListInATable) {
    v1::Report report;
    auto& endpoint = *report.add_endpoints();
    for (int i = 1; i <= 7; ++i) endpoint.add_purposes("shard-" + std::to_string(i));
    EXPECT_THAT(render_html(report),
                HasSubstr("<td data-label=\"For\"><details><summary>shard-1, shard-2 and 5 more</summary>"
                          "shard-1, shard-2, shard-3, shard-4, shard-5, shard-6, shard-7</details></td>"));
}

TEST(HtmlReport, KeepsTheWholeNameOfANodeThatItCuts) {
    const auto html = render_html(report_of(R"(
        verdicts { check: "a.b" level: WARNING nodes: "pg-1.git.example" evidence { node: "pg-1.git.example" } }
        endpoints { answered_by: "pg-1.git.example" used_by: "pg-1.git.example" }
        nodes { name: "pg-1.git.example" })"));
    EXPECT_THAT(html, HasSubstr("<li title=\"pg-1.git.example\">pg-1</li>"));
    EXPECT_EQ(count_of(html, "<span title=\"pg-1.git.example\">pg-1</span>"), 3);
    EXPECT_THAT(html, HasSubstr(">pg-1<span class=\"whole\">pg-1.git.example</span>"));
}

TEST(HtmlReport, TellsOnceWhatSeveralNodesSayAlike) {
    const auto html = render_html(report_of(R"(
        verdicts { check: "a.b" level: WARNING evidence { node: "a" what: "same" } evidence { node: "b" what: "same" } })"));
    EXPECT_THAT(html, HasSubstr("data-label=\"Node\"><span>a</span>, <span>b</span></th>"));
    EXPECT_EQ(count_of(html, ">same<"), 1);
}

TEST(HtmlReport, BreaksLongPathsAfterASlash) {
    const auto html = render_html(report_of(R"(
        verdicts { links: "https://docs.example/a/b/" level: NOTE evidence { source: "/etc/gitlab" } })"));
    EXPECT_THAT(html, HasSubstr("href=\"https://docs.example/a/b/\">docs.example/<wbr>a/<wbr>b/</a>"));
    EXPECT_THAT(html, HasSubstr("class=\"source\">/<wbr>etc/<wbr>gitlab</td>"));
}

TEST(HtmlReport, TellsALevelByWordAndSignToo) {
    const auto html = render_html(report_full_of("x"));
    EXPECT_THAT(html, HasSubstr("<span class=\"badge\"><span aria-hidden=\"true\">✕</span> blocker</span>"));
    EXPECT_THAT(html, HasSubstr("<span class=\"badge\"><span aria-hidden=\"true\">?</span> unknown</span>"));
}

TEST(HtmlReport, OfAnEmptyMessageIsNeverGreen) {
    const auto html = render_html({});
    EXPECT_THAT(html, HasSubstr("<p class=\"outcome\">CANNOT SAY</p>"));
    EXPECT_THAT(html, HasSubstr("Nothing was checked."));
    EXPECT_THAT(html, HasSubstr("No node has reported."));
}

TEST(HtmlReport, ClosesEveryElementThatItOpens) {
    const auto html = render_html(report_full_of("<b>"));
    const std::regex tag("<(/?)([a-z0-9]+)[^>]*>");
    std::vector<std::string> open;
    for (std::sregex_iterator at(html.begin(), html.end(), tag), end; at != end; ++at) {
        const std::string name = (*at)[2];
        if (name == "meta") continue;
        if ((*at)[1].length() == 0) {
            open.push_back(name);
            continue;
        }
        ASSERT_FALSE(open.empty()) << name;
        EXPECT_EQ(open.back(), name);
        open.pop_back();
    }
    EXPECT_TRUE(open.empty());
}

}  // namespace
}  // namespace preflight::readiness
