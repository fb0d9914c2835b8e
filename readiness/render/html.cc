#include <fmt/format.h>

#include <string>
#include <string_view>

#include "readiness/render/html_verdicts.h"
#include "readiness/render/layout.h"
#include "readiness/render/page.h"
#include "readiness/render/render.h"
#include "readiness/render/summary.h"
#include "readiness/render/visible.h"

namespace preflight::readiness {
namespace {

using namespace render;

std::string_view outcome_class(v1::Report::Outcome outcome) {
    switch (outcome) {
        case v1::Report::READY_TO_UPGRADE:
            return "ready";
        case v1::Report::READY_WITH_CONDITIONS:
            return "warning";
        case v1::Report::NOT_READY:
            return "blocker";
        default:
            return "unknown";
    }
}

// A policy that lets the page load nothing and run nothing, should markup ever slip in.
void write_head(Page& page, const v1::Report& report) {
    page.markup(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light "
        "dark\">\n");
    page.element("title", "", fmt::format("{}: {}", answer(report), question(report)));
    page.markup("\n<style>\n").markup(style_sheet).markup("</style>\n</head>\n");
}

void write_chips(Page& page, const v1::Report& report) {
    page.markup("<ul class=\"chips\" aria-label=\"Verdicts by level\">\n");
    for (const auto& words : level_words()) {
        const auto count = verdicts_of(report, words.level).size();
        if (count == 0) continue;
        const std::string name(level_name(words.level));
        page.markup("<li class=\"" + name + "\"><a href=\"#" + name +
                    "\"><span class=\"sign\" aria-hidden=\"true\">");
        page.text(words.sign).markup("</span> <b>" + std::to_string(count) + "</b> ");
        page.text(count == 1 ? words.one : words.many).markup("</a></li>\n");
    }
    page.markup("</ul>\n");
}

void write_header(Page& page, const v1::Report& report) {
    page.markup("<header class=\"answer ").markup(outcome_class(report.outcome())).markup("\">\n");
    page.markup("<p class=\"brand\">GitLab Preflight · readiness report</p>\n");
    page.element("h1", "", question(report)).markup("\n");
    page.element("p", "outcome", answer(report)).markup("\n");
    page.element("p", "meaning", meaning(report)).markup("\n");
    if (report.verdicts().empty()) page.markup("<p>Nothing was checked.</p>\n");
    write_chips(page, report);
    page.element("p", "basis", basis(report)).markup("\n</header>\n");
}

void write_step(Page& page, std::string_view style_class, std::string_view version, std::string_view role,
                std::string_view reason) {
    page.markup("<li class=\"").markup(style_class).markup("\">");
    page.element("b", "", version).element("span", "role", role);
    if (!reason.empty()) page.element("span", "reason", reason);
    page.markup("</li>\n");
}

void write_path(Page& page, const v1::Report& report) {
    page.markup("<section aria-labelledby=\"path\">\n<h2 id=\"path\">Path</h2>\n");
    if (report.path().empty()) {
        page.element("p", "quiet", "The path: " + no_path(report) + ".").markup("\n</section>\n");
        return;
    }
    page.markup("<ol class=\"steps\">\n");
    const auto& from = report.from_version();
    write_step(page, "from", from.empty() ? "not known" : from, "runs now", "");
    for (int i = 0; i < report.path_size(); ++i) {
        const bool target = i + 1 == report.path_size();
        const auto* style_class = target ? "target" : (report.path(i).conditional() ? "conditional" : "stop");
        write_step(page, style_class, report.path(i).version(), hop_role(report, i),
                   hop_reason(report.path(i)));
    }
    page.markup("</ol>\n</section>\n");
}

void write_cell(Page& page, std::string_view label, std::string_view foreign) {
    page.markup("<td data-label=\"").markup(label).markup("\">").text(foreign).markup("</td>");
}

std::string listed(const google::protobuf::RepeatedPtrField<std::string>& texts) {
    return fmt::format("{}", fmt::join(texts.begin(), texts.end(), ", "));
}

// A cell of names; many are folded.
void write_names(Page& page, std::string_view label,
                 const google::protobuf::RepeatedPtrField<std::string>& names) {
    constexpr int names_most = 6;
    constexpr int summary_width = 30;
    if (names.size() <= names_most) return write_cell(page, label, listed(names));
    page.markup("<td data-label=\"").markup(label).markup("\"><details><summary>");
    page.text(joined(visible_all(names), summary_width)).markup("</summary>").text(listed(names));
    page.markup("</details></td>");
}

void write_state(Page& page, v1::EndpointCoverage::State state) {
    const bool covered = state == v1::EndpointCoverage::COVERED;
    const bool external = state == v1::EndpointCoverage::EXTERNAL;
    page.markup("<td data-label=\"State\"><span class=\"state ");
    page.markup(covered ? "ready" : (external ? "note" : "unknown")).markup("\"><span aria-hidden=\"true\">");
    page.markup(covered ? "✓" : (external ? "↗" : "?")).markup("</span> ");
    page.text(state_words(state)).markup("</span></td>");
}

void write_endpoints(Page& page, const v1::Report& report) {
    page.markup("<section aria-labelledby=\"endpoints\">\n<h2 id=\"endpoints\">Endpoints in use</h2>\n");
    if (report.endpoints().empty()) {
        page.markup(
            "<p class=\"quiet\">No PostgreSQL, Redis or Gitaly endpoint was found.</p>\n</section>\n");
        return;
    }
    page.markup(
        "<div class=\"scroll\"><table class=\"stack\">\n<thead><tr><th scope=\"col\">Endpoint</th>"
        "<th scope=\"col\">Kind</th><th scope=\"col\">State</th><th scope=\"col\">Answered by</th>"
        "<th scope=\"col\">Used by</th><th scope=\"col\">For</th></tr></thead>\n<tbody>\n");
    for (const auto& endpoint : report.endpoints()) {
        page.markup("<tr><th scope=\"row\" class=\"source\" data-label=\"Endpoint\">");
        page.text(endpoint.address()).markup("</th>");
        write_cell(page, "Kind", endpoint.kind());
        write_state(page, endpoint.state());
        write_cell(page, "Answered by", endpoint.answered_by().empty() ? "–" : endpoint.answered_by());
        write_names(page, "Used by", endpoint.used_by());
        write_names(page, "For", endpoint.purposes());
        page.markup("</tr>\n");
    }
    page.markup("</tbody></table></div>\n</section>\n");
}

void write_nodes(Page& page, const v1::Report& report) {
    page.markup("<section aria-labelledby=\"nodes\">\n<h2 id=\"nodes\">Nodes</h2>\n");
    if (report.nodes().empty()) {
        page.markup("<p class=\"quiet\">No node has reported.</p>\n</section>\n");
        return;
    }
    page.markup(
        "<div class=\"scroll\"><table class=\"stack\">\n<thead><tr><th scope=\"col\">Node</th>"
        "<th scope=\"col\">Roles</th><th scope=\"col\">GitLab</th><th scope=\"col\">System</th>"
        "<th scope=\"col\">Inspected</th><th scope=\"col\">Gaps</th></tr></thead>\n<tbody>\n");
    for (const auto& node : report.nodes()) {
        page.markup("<tr><th scope=\"row\" data-label=\"Node\">").text(node.name()).markup("</th>");
        write_cell(page, "Roles", node.roles().empty() ? "not known" : listed(node.roles()));
        write_cell(page, "GitLab", version_words(node));
        write_cell(page, "System", node.operating_system().empty() ? "not known" : node.operating_system());
        page.markup("<td data-label=\"Inspected\" class=\"time\">");
        page.text(time_words(node.has_inspected_at(), node.inspected_at())).markup("</td>");
        write_cell(page, "Gaps", std::to_string(node.gaps()));
        page.markup("</tr>\n");
    }
    page.markup("</tbody></table></div>\n</section>\n");
}

void write_footer(Page& page, const v1::Report& report) {
    page.markup("<footer>\n");
    for (const auto& line : footer(report)) page.element("p", "", line).markup("\n");
    page.markup("</footer>\n");
}

}  // namespace

std::string render_html(const v1::Report& report) {
    Page page;
    write_head(page, report);
    page.markup("<body>\n");
    write_header(page, report);
    page.markup("<main>\n");
    write_path(page, report);
    write_verdict_sections(page, report);
    write_endpoints(page, report);
    write_nodes(page, report);
    page.markup("</main>\n");
    write_footer(page, report);
    page.markup("</body>\n</html>\n");
    return std::move(page).html();
}

}  // namespace preflight::readiness
