#include "readiness/render/html_verdicts.h"

#include <map>
#include <string>
#include <vector>

#include "readiness/render/evidence.h"
#include "readiness/render/html_nodes.h"
#include "readiness/render/layout.h"
#include "readiness/render/shell.h"
#include "readiness/render/summary.h"

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

void write_where(Page& page, const v1::Verdict& verdict, const NodeNames& names) {
    constexpr int nodes_most = 12;  // past that the list is folded: the finding is what one came to read
    constexpr int summary_width = 70;
    if (verdict.nodes().empty()) {
        page.markup("<p class=\"where\">The instance as a whole</p>\n");
        return;
    }
    const bool folded = verdict.nodes_size() > nodes_most;
    if (folded) {
        page.markup("<details><summary>").text(joined(shown_all(verdict.nodes(), names), summary_width));
        page.markup("</summary>\n");
    }
    page.markup("<ul class=\"where\" aria-label=\"Nodes\">");
    for (const auto& node : verdict.nodes()) write_node(page, "li", node, names);
    page.markup(folded ? "</ul></details>\n" : "</ul>\n");
}

void write_command(Page& page, const v1::Command& command) {
    page.markup("<pre><code>").text(shell_line(command)).markup("</code></pre>");
}

// Only a link to the web is made one: any other scheme could run something. Its text is without the scheme.
void write_link(Page& page, std::string_view link) {
    constexpr std::string_view scheme = "https://";
    if (!link.starts_with(scheme)) {
        page.element("p", "link", link).markup(" ");
        return;
    }
    page.markup("<p class=\"link\"><a rel=\"noreferrer noopener\" href=\"").text(link).markup("\">");
    page.breakable(link.substr(scheme.size())).markup("</a></p> ");
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
    if (!verdict.links().empty()) {
        page.markup("<dt>Read</dt><dd>");
        for (const auto& link : verdict.links()) write_link(page, link);
        page.markup("</dd>\n");
    }
    page.markup("</dl>\n");
}

void write_evidence(Page& page, const v1::Verdict& verdict, const NodeNames& names, bool open) {
    const auto groups = grouped_evidence(verdict);
    if (groups.empty()) return;
    page.markup(open ? "<details class=\"evidence\" open>" : "<details class=\"evidence\">");
    page.markup("<summary>Evidence <span class=\"count\">" + std::to_string(groups.size()) + "</span>");
    page.markup("</summary>\n<div class=\"scroll\"><table class=\"stack\">\n<thead><tr>");
    page.markup("<th scope=\"col\">Node</th><th scope=\"col\">Found</th><th scope=\"col\">Source</th>");
    page.markup("<th scope=\"col\">Taken</th></tr></thead>\n<tbody>\n");
    for (const auto& group : groups) {
        page.markup("<tr><th scope=\"row\" data-label=\"Node\">");
        if (group.nodes.empty()) page.markup("the instance");
        write_node_list(page, group.nodes, names);
        page.markup("</th><td data-label=\"Found\">").text(group.what);
        page.markup("</td><td data-label=\"Source\" class=\"source\">").breakable(group.source);
        page.markup("</td><td data-label=\"Taken\" class=\"time\">").text(group.taken.words());
        page.markup("</td></tr>\n");
    }
    page.markup("</tbody></table></div>\n</details>\n");
}

void write_card(Page& page, const LevelWords& words, const v1::Verdict& verdict, const NodeNames& names,
                const std::string& anchor) {
    page.markup("<article class=\"card\" id=\"" + anchor + "\">\n<h3>");
    page.markup("<span class=\"badge\"><span aria-hidden=\"true\">").text(words.sign).markup("</span> ");
    page.text(words.one).markup("</span> ").text(title_of(verdict)).markup(" ");
    page.element("code", "check", verdict.check()).markup("</h3>\n");
    write_where(page, verdict, names);
    if (!verdict.summary().empty()) page.element("p", "found", verdict.summary()).markup("\n");
    write_advice(page, verdict);
    write_evidence(page, verdict, names, words.level == v1::BLOCKER);
    page.markup("</article>\n");
}

void write_line(Page& page, const LevelWords& words, const v1::Verdict& verdict, const NodeNames& names,
                const std::string& anchor) {
    page.markup("<li id=\"" + anchor + "\"><span class=\"sign\" aria-hidden=\"true\">");
    page.text(words.sign).markup("</span><div><p><strong>").text(title_of(verdict)).markup("</strong> ");
    page.text(verdict.summary()).markup(" ").element("code", "check", verdict.check()).markup("</p>");
    if (!verdict.nodes().empty()) write_where(page, verdict, names);
    write_evidence(page, verdict, names, false);
    for (const auto& link : verdict.links()) write_link(page, link);
    page.markup("</div></li>\n");
}

}  // namespace

std::string_view level_name(v1::Level level) {
    for (const auto& words : level_words()) {
        if (words.level == level && level != v1::NOT_APPLICABLE) return words.one;
    }
    return "not-applicable";
}

void write_verdict_sections(Page& page, const v1::Report& report, const NodeNames& names) {
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
                write_line(page, words, *verdict, names, anchor_of(*verdict, met));
            } else {
                write_card(page, words, *verdict, names, anchor_of(*verdict, met));
            }
        }
        if (short_form) page.markup("</ul>\n");
        page.markup("</section>\n");
    }
}

}  // namespace preflight::readiness::render
