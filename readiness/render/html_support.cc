#include "readiness/render/html_support.h"

#include <string>
#include <vector>

#include "readiness/render/html_drawing.h"
#include "readiness/render/html_nodes.h"
#include "readiness/render/html_rows.h"
#include "readiness/render/markdown_support.h"
#include "readiness/render/ticket.h"
#include "readiness/render/tiers.h"

namespace preflight::readiness::render {
namespace {

// Text to copy, with its line breaks.
void write_copy(Page& page, std::string_view summary, std::string_view lines) {
    page.markup("<details class=\"copy\"><summary>").markup(summary).markup("</summary>\n<pre><code>");
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size());
        page.text(lines.substr(0, end)).markup("\n");
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    page.markup("</code></pre></details>\n");
}

void write_answer(Page& page, const AnswerGroup& group, const NodeNames& names) {
    const auto words = answer_words(group.state);
    page.markup("<li class=\"").markup(words.level).markup("\"><span class=\"sign\" aria-hidden=\"true\">");
    page.text(words.sign).markup("</span><div>");
    if (!group.subjects.empty()) {
        page.markup("<div class=\"subjects\">");
        write_node_list(page, group.subjects, names);
        page.markup("</div>");
    }
    page.element("p", "", std::string(words.before) + group.text);
    write_evidence(page, group.evidence, names, false);
    page.markup("</div></li>\n");
}

void write_uses(Page& page, const std::vector<Tier>& tiers, const Tier& tier, const NodeNames& names) {
    constexpr int width = 60;
    page.markup("<td data-label=\"Uses\">");
    if (tier.uses.empty()) page.markup("–");
    for (const auto& [place, use] : tier.uses) {
        const auto& [to, kind] = place;
        page.markup("<p class=\"use\"><b>").text(role_words(tiers[to])).markup("</b> (");
        write_node_list(page, tiers[to].nodes, names);
        page.markup("): ").text(use_words(kind, use, width)).markup("</p>");
    }
    page.markup("</td>");
}

void write_tiers(Page& page, const std::vector<Tier>& tiers, const NodeNames& names) {
    const bool sites = has_sites(tiers);
    page.markup("<div class=\"scroll\"><table class=\"stack\">\n<thead><tr>");
    if (sites) page.markup("<th scope=\"col\">Site</th>");
    page.markup(
        "<th scope=\"col\">Roles</th><th scope=\"col\">Nodes</th><th scope=\"col\">Uses</th></tr></thead>\n");
    page.markup("<tbody>\n");
    for (const auto& tier : tiers) {
        page.markup("<tr>");
        if (sites)
            page.markup("<td data-label=\"Site\">")
                .text(tier.site.empty() ? "not told" : tier.site)
                .markup("</td>");
        page.markup("<th scope=\"row\" data-label=\"Roles\">").text(role_words(tier)).markup("</th>");
        page.markup("<td data-label=\"Nodes\">");
        write_node_list(page, tier.nodes, names);
        const auto standing = standing_words(tier);
        if (!standing.empty()) {
            page.markup("<span class=\"state ").markup(tier.external ? "note" : "unknown").markup("\">");
            page.text(standing).markup("</span>");
        }
        page.markup("</td>");
        write_uses(page, tiers, tier, names);
        page.markup("</tr>\n");
    }
    page.markup("</tbody></table></div>\n");
}

}  // namespace

void write_support(Page& page, const v1::Report& report, const NodeNames& names) {
    if (report.support().questions().empty()) return;
    page.markup(
        "<section class=\"support\" aria-labelledby=\"support\">\n<h2 id=\"support\">Answers for GitLab "
        "Support ");
    page.element("span", "count", ticket_summary(report.support())).markup("</h2>\n");
    write_copy(page, "All answers as Markdown, for the ticket", support_markdown(report));
    for (const auto& question : report.support().questions()) {
        page.element("h3", "part", question_words(question)).markup("\n");
        if (question.answers().empty()) page.markup("<p class=\"quiet\">Not answered.</p>\n");
        if (question.answers().empty()) continue;
        page.markup("<ul class=\"lines\">\n");
        for (const auto& group : answer_groups(question)) write_answer(page, group, names);
        page.markup("</ul>\n");
    }
    page.markup("</section>\n");
}

void write_architecture(Page& page, const v1::Report& report, const NodeNames& names) {
    const auto& architecture = report.architecture();
    if (architecture.nodes().empty()) return;
    const auto tiers = tiers_of(architecture);
    page.markup("<section aria-labelledby=\"architecture\">\n<h2 id=\"architecture\">Architecture ");
    page.element("span", "count", architecture_summary(architecture)).markup("</h2>\n");
    if (tiers.size() <= boxes_most) write_drawing(page, drawing_of(tiers, names), tiers);
    write_tiers(page, tiers, names);
    if (!architecture.mermaid().empty()) {
        write_copy(page, "The same as Mermaid text, which GitLab draws", architecture.mermaid());
    }
    page.markup("</section>\n");
}

}  // namespace preflight::readiness::render
