#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "readiness/render/render.h"
#include "tests/readiness/render/report_builder.h"

namespace preflight::readiness {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(HtmlPlan, GivesEveryStepANumberAnAnchorAndItsCommands) {
    const auto html = render_html(report_of(R"(
        plan { manner: SINGLE_NODE steps { phase: BEFORE_WINDOW title: "Read" }
            steps { to: "19.3.0" phase: IN_WINDOW title: "Install <it>" nodes: "git.example"
                commands { argv: ["apt-get", "install", "a b"] } verify { argv: ["gitlab-ctl", "status"] }
                reversal: RESTORE_ONLY seconds_to: 7200 checks: "disk.room" } })"));
    EXPECT_THAT(html, HasSubstr("<h2 id=\"plan\">Plan <span class=\"count\">2 steps, one node</span></h2>"));
    EXPECT_THAT(html, HasSubstr("<h3 class=\"part\" id=\"plan-2\">To 19.3.0: in the window</h3>"));
    EXPECT_THAT(html,
                HasSubstr("id=\"step-2\">\n<h4><span class=\"number\">2</span> Install &lt;it&gt;</h4>"));
    EXPECT_THAT(html, HasSubstr("<pre><code>apt-get install &#39;a b&#39;</code></pre>"));
    EXPECT_THAT(html, HasSubstr("<dt>Verify</dt><dd><pre><code>gitlab-ctl status</code></pre></dd>"));
    EXPECT_THAT(html, HasSubstr("<dt>Takes</dt><dd>up to 2 hours</dd>"));
    EXPECT_THAT(html,
                HasSubstr("<dt>Clears</dt><dd><a href=\"#disk.room\"><code>disk.room</code></a> </dd>"));
    EXPECT_THAT(html, HasSubstr("</span> from here on only a restore leads back</span>"));
}

TEST(HtmlPlan, NamesEveryNodeOfAStep) {
    v1::Report report;
    auto& step = *report.mutable_plan()->add_steps();
    for (int i = 101; i <= 300; ++i) step.add_nodes("gitaly-" + std::to_string(i));
    const auto html = render_html(report);
    for (int i = 101; i <= 300; ++i)
        EXPECT_THAT(html, HasSubstr("<li>gitaly-" + std::to_string(i) + "</li>"));
}

TEST(HtmlPlan, SaysWhyThereIsNone) {
    const auto html = render_html(report_of(R"(plan { open: "The path is not known" })"));
    EXPECT_THAT(
        html,
        HasSubstr("<p>There is no plan yet:</p>\n<ul class=\"items\">\n<li>The path is not known</li>"));
}

TEST(HtmlWayBack, LeadsToThePointOfNoReturnInThePlan) {
    const auto html = render_html(report_of(R"(
        plan { steps { id: "a" title: "Stop" } steps { id: "b" title: "Migrate" } }
        way_back { hops { from: "18.11.4" to: "18.11.11" point_of_no_return: "When it migrates." point_step: "b"
            needs { what: "The package" state: PROVED } needs { what: "A backup" state: MISSING }
            steps { title: "Restore" } } })"));
    EXPECT_THAT(
        html,
        HasSubstr("id=\"back-1\">From 18.11.11 back to 18.11.4 <span class=\"count\">1 missing, 1 proved"));
    EXPECT_THAT(html, HasSubstr("When it migrates. <a href=\"#step-2\">Step 2 of the plan</a>"));
    EXPECT_LT(html.find("<strong>A backup</strong>"), html.find("<strong>The package</strong>"));
    EXPECT_THAT(html, HasSubstr("<span class=\"state\">missing</span>"));
    EXPECT_THAT(html, HasSubstr("<summary>The steps back <span class=\"count\">1</span></summary>"));
}

TEST(HtmlSupport, HasTheAnswersTwiceToReadAndToPaste) {
    const auto html = render_html(report_of(R"(
        support { questions { question: "Which systems?"
            answers { subject: "rails-1" text: "Ubuntu <22.04>" state: SEEN evidence { source: "/etc/os-release" } }
            answers { text: "Who knows?" state: ASKS_PERSON } } })"));
    EXPECT_THAT(html, HasSubstr("<h3 class=\"part\">Which systems?</h3>"));
    EXPECT_THAT(html,
                HasSubstr("<div class=\"subjects\"><span>rails-1</span></div><p>Ubuntu &lt;22.04&gt;</p>"));
    EXPECT_THAT(html, HasSubstr("<p>For a person: Who knows?</p>"));
    EXPECT_THAT(
        html,
        HasSubstr(
            "### Which systems?\n\n- rails-1: Ubuntu \\&lt;22.04\\&gt; (/etc/os-release; time not known)\n"));
}

TEST(HtmlArchitecture, IsDrawnAndToldInATableAndGivenAsMermaid) {
    const auto html = render_html(report_of(R"(
        architecture { nodes { id: "n1" name: "rails-1" roles: "Rails" reports: true }
            nodes { id: "n2" name: "db-9" roles: "PostgreSQL" external: true }
            edges { from: "n1" to: "n2" kind: "PostgreSQL" purposes: "main" address: "db-9:5432" }
            mermaid: "flowchart LR\n  n1 --> n2\n" })"));
    EXPECT_THAT(html, HasSubstr("<svg role=\"img\""));
    EXPECT_THAT(html, HasSubstr(">rails-1</text>"));
    EXPECT_THAT(html, HasSubstr("<rect class=\"box external\""));
    EXPECT_THAT(html,
                HasSubstr("<b>PostgreSQL</b> (<span>db-9</span>): PostgreSQL for main at db-9:5432</p>"));
    EXPECT_THAT(html, HasSubstr("<pre><code>flowchart LR\n  n1 --&gt; n2\n</code></pre>"));
}

TEST(HtmlArchitecture, IsNotDrawnWhereNobodyCouldReadTheDrawing) {
    v1::Report report;
    for (int i = 0; i < 41; ++i) {
        auto& node = *report.mutable_architecture()->add_nodes();
        node.set_id("n" + std::to_string(i));
        node.add_roles("role " + std::to_string(i));
    }
    const auto html = render_html(report);
    EXPECT_THAT(html, Not(HasSubstr("<svg role")));
    EXPECT_THAT(html, HasSubstr(">role 40</th>"));
}

TEST(HtmlContents, LeadsToWhatThePageHas) {
    const auto html = render_html(report_of(R"(
        verdicts { check: "a.b" level: BLOCKER } verdicts { check: "a.c" level: READY }
        plan { steps { to: "19.3.0" phase: IN_WINDOW } } way_back { hops { from: "19.2.5" to: "19.3.0" } })"));
    for (const auto* anchor :
         {"blocker", "path", "plan", "plan-1", "way-back", "back-1", "ready", "endpoints", "nodes"}) {
        EXPECT_THAT(html, HasSubstr("<a href=\"#" + std::string(anchor) + "\">"));
        EXPECT_THAT(html, HasSubstr("id=\"" + std::string(anchor) + "\""));
    }
    EXPECT_THAT(html, Not(HasSubstr("href=\"#support\"")));
    EXPECT_THAT(render_html({}), Not(HasSubstr("<nav")));
}

TEST(HtmlPath, StandsUprightWhereItIsLong) {
    v1::Report report;
    for (int i = 0; i < 5; ++i) report.add_path()->set_version("19." + std::to_string(i));
    EXPECT_THAT(render_html(report), HasSubstr("<ol class=\"steps\">"));
    report.add_path()->set_version("19.5");
    EXPECT_THAT(render_html(report), HasSubstr("<ol class=\"steps upright\">"));
}

}  // namespace
}  // namespace preflight::readiness
