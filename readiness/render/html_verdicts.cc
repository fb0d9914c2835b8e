#include "readiness/render/html_verdicts.h"

#include <map>
#include <string>
#include <vector>

#include "model/clock.h"
#include "readiness/render/layout.h"
#include "readiness/render/shell.h"
#include "readiness/render/summary.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

using Anchors = std::map<std::string, int>;  // how often each check was met

std::string anchor_of(const v1::Verdict& verdict, Anchors& met) {
    std::string anchor;
    for (const char c : verdict.check()) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '.' || c == '_' || c == '-';
        anchor += plain ? c : '_';
    }
    if (anchor.empty()) anchor = "check";
    const int times = ++met[anchor];
    return times == 1 ? anchor : anchor + "-" + std::to_string(times);
}

std::string_view title_of(const v1::Verdict& verdict) {
    return verdict.title().empty() ? verdict.check() : verdict.title();
}

void write_nodes(Page& page, const v1::Verdict& verdict) {
    constexpr int nodes_most = 12;  // past that the list is folded: the finding is what one came to read
    constexpr int summary_width = 70;
    if (verdict.nodes().empty()) {
        page.markup("<p class=\"where\">The instance as a whole</p>\n");
        return;
    }
    const bool folded = verdict.nodes_size() > nodes_most;
    if (folded) {
        page.markup("<details><summary>").text(joined(visible_all(verdict.nodes()), summary_width));
        page.markup("</summary>\n");
    }
    page.markup("<ul class=\"where\" aria-label=\"Nodes\">");
    for (const auto& node : verdict.nodes()) page.element("li", "", node);
    page.markup(folded ? "</ul></details>\n" : "</ul>\n");
}

void write_command(Page& page, const v1::Command& command) {
    page.markup("<pre><code>").text(shell_line(command)).markup("</code></pre>");
}

void write_advice(Page& page, const v1::Verdict& verdict) {
    page.markup("<dl>\n");
    if (!verdict.consequence().empty()) {
        page.markup("<dt>Consequence</dt>").element("dd", "", verdict.consequence()).markup("\n");
    }
    if (!verdict.remedy().empty() || !verdict.commands().empty()) {
        page.markup("<dt>Remedy</dt><dd>");
        if (!verdict.remedy().empty()) page.element("p", "", verdict.remedy());
        for (const auto& command : verdict.commands()) write_command(page, command);
        page.markup("</dd>\n");
    }
    if (!verdict.verify().argv().empty()) {
        page.markup("<dt>Verify</dt><dd>");
        write_command(page, verdict.verify());
        page.markup("</dd>\n");
    }
    page.markup("</dl>\n");
}

void write_evidence(Page& page, const v1::Verdict& verdict, bool open) {
    if (verdict.evidence().empty()) return;
    page.markup(open ? "<details class=\"evidence\" open>" : "<details class=\"evidence\">");
    page.markup("<summary>Evidence <span class=\"count\">" + std::to_string(verdict.evidence_size()) +
                "</span>");
    page.markup("</summary>\n<div class=\"scroll\"><table class=\"stack\">\n<thead><tr>");
    page.markup("<th scope=\"col\">Node</th><th scope=\"col\">Found</th><th scope=\"col\">Source</th>");
    page.markup("<th scope=\"col\">Taken</th></tr></thead>\n<tbody>\n");
    for (const auto& evidence : verdict.evidence()) {
        const auto node = evidence.node().empty() ? std::string("the instance") : evidence.node();
        page.markup("<tr><th scope=\"row\" data-label=\"Node\">").text(node).markup("</th>");
        page.markup("<td data-label=\"Found\">").text(evidence.what());
        page.markup("</td><td data-label=\"Source\" class=\"source\">").text(evidence.source());
        page.markup("</td><td data-label=\"Taken\" class=\"time\">");
        page.text(time_words(evidence.has_taken_at(), evidence.taken_at())).markup("</td></tr>\n");
    }
    page.markup("</tbody></table></div>\n</details>\n");
}

// Only a link to the web is made one: any other scheme could run something.
void write_links(Page& page, const v1::Verdict& verdict) {
    page.markup("<p class=\"foot\"><code>").text(verdict.check()).markup("</code>");
    for (const auto& link : verdict.links()) {
        page.markup(" <span class=\"link\">");
        if (link.starts_with("https://")) {
            page.markup("<a rel=\"noreferrer noopener\" href=\"").text(link).markup("\">");
            page.text(link).markup("</a>");
        } else {
            page.text(link);
        }
        page.markup("</span>");
    }
    page.markup("</p>\n");
}

void write_card(Page& page, const LevelWords& words, const v1::Verdict& verdict, Anchors& met) {
    const std::string anchor = anchor_of(verdict, met);
    page.markup("<article class=\"card\" id=\"" + anchor + "\">\n<h3>");
    page.markup("<span class=\"badge\"><span aria-hidden=\"true\">").text(words.sign).markup("</span> ");
    page.text(words.one).markup("</span> ").text(title_of(verdict)).markup("</h3>\n");
    write_nodes(page, verdict);
    if (!verdict.summary().empty()) page.element("p", "found", verdict.summary()).markup("\n");
    write_advice(page, verdict);
    write_evidence(page, verdict, words.level == v1::BLOCKER);
    write_links(page, verdict);
    page.markup("</article>\n");
}

void write_line(Page& page, const LevelWords& words, const v1::Verdict& verdict, Anchors& met) {
    page.markup("<li id=\"" + anchor_of(verdict, met) + "\"><span class=\"sign\" aria-hidden=\"true\">");
    page.text(words.sign).markup("</span><div><p><strong>").text(title_of(verdict)).markup("</strong> ");
    page.text(verdict.summary()).markup("</p>");
    if (!verdict.nodes().empty()) write_nodes(page, verdict);
    write_evidence(page, verdict, false);
    write_links(page, verdict);
    page.markup("</div></li>\n");
}

}  // namespace

std::string_view level_name(v1::Level level) {
    for (const auto& words : level_words()) {
        if (words.level == level && level != v1::NOT_APPLICABLE) return words.one;
    }
    return "not-applicable";
}

void write_verdict_sections(Page& page, const v1::Report& report) {
    Anchors met;
    for (const auto& words : level_words()) {
        const auto verdicts = verdicts_of(report, words.level);
        if (verdicts.empty()) continue;
        const std::string name(level_name(words.level));
        const bool short_form = words.level == v1::READY || words.level == v1::NOT_APPLICABLE;
        page.markup("<section class=\"level " + name + "\" aria-labelledby=\"" + name + "\">\n");
        page.markup("<h2 id=\"" + name + "\">").text(words.heading);
        page.markup(" <span class=\"count\">" + std::to_string(verdicts.size()) + "</span></h2>\n");
        if (short_form) page.markup("<ul class=\"lines\">\n");
        for (const auto* verdict : verdicts) {
            if (short_form) {
                write_line(page, words, *verdict, met);
            } else {
                write_card(page, words, *verdict, met);
            }
        }
        if (short_form) page.markup("</ul>\n");
        page.markup("</section>\n");
    }
}

}  // namespace preflight::readiness::render
