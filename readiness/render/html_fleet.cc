#include "readiness/render/html_fleet.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "readiness/render/html_nodes.h"
#include "readiness/render/layout.h"
#include "readiness/render/summary.h"
#include "readiness/render/times.h"

namespace preflight::readiness::render {
namespace {

void write_cell(Page& page, std::string_view label, std::string_view foreign) {
    page.markup("<td data-label=\"").markup(label).markup("\">").text(foreign).markup("</td>");
}

// A cell of words; many are folded.
void write_purposes(Page& page, const v1::EndpointCoverage& endpoint) {
    constexpr int purposes_most = 6;
    constexpr int summary_width = 30;
    const auto& purposes = endpoint.purposes();
    const auto all = fmt::format("{}", fmt::join(purposes.begin(), purposes.end(), ", "));
    if (purposes.size() <= purposes_most) return write_cell(page, "For", all);
    page.markup("<td data-label=\"For\"><details><summary>");
    page.text(joined(visible_all(purposes), summary_width)).markup("</summary>").text(all);
    page.markup("</details></td>");
}

// What became of the endpoint, and which node answers there.
void write_answer(Page& page, const v1::EndpointCoverage& endpoint, const NodeNames& names) {
    const auto state = endpoint.state();
    const bool covered = state == v1::EndpointCoverage::COVERED;
    const bool external = state == v1::EndpointCoverage::EXTERNAL;
    page.markup("<td data-label=\"Answer\"><span class=\"state ");
    page.markup(covered ? "ready" : (external ? "note" : "unknown")).markup("\"><span aria-hidden=\"true\">");
    page.markup(covered ? "✓" : (external ? "↗" : "?")).markup("</span> ");
    page.text(state_words(state)).markup("</span>");
    if (!endpoint.answered_by().empty()) {
        page.markup(" by ");
        write_node(page, "span", endpoint.answered_by(), names);
    }
    page.markup("</td>");
}

// The whole name stands below the short one here, so that nobody has to guess which host is meant.
void write_name(Page& page, const v1::ReportNode& node, const NodeNames& names) {
    page.markup("<tr><th scope=\"row\" data-label=\"Node\">").text(names.shown(node.name()));
    if (names.is_cut(node.name())) page.element("span", "whole", node.name());
    page.markup("</th>");
}

}  // namespace

void write_endpoints(Page& page, const v1::Report& report, const NodeNames& names) {
    page.markup(
        "<section aria-labelledby=\"endpoints\">\n<h2 id=\"endpoints\">Endpoints in use <span "
        "class=\"count\">" +
        std::to_string(report.endpoints_size()) + "</span></h2>\n");
    if (report.endpoints().empty()) {
        page.markup(
            "<p class=\"quiet\">No PostgreSQL, Redis or Gitaly endpoint was found.</p>\n</section>\n");
        return;
    }
    page.markup(
        "<div class=\"scroll\"><table class=\"stack\">\n<thead><tr><th scope=\"col\">Endpoint</th>"
        "<th scope=\"col\">Kind</th><th scope=\"col\">For</th><th scope=\"col\">Answer</th>"
        "<th scope=\"col\">Used by</th></tr></thead>\n<tbody>\n");
    for (const auto* endpoint : endpoints_of(report)) {
        page.markup("<tr><th scope=\"row\" class=\"source\" data-label=\"Endpoint\">");
        page.breakable(endpoint->address()).markup("</th>");
        write_cell(page, "Kind", endpoint->kind());
        write_purposes(page, *endpoint);
        write_answer(page, *endpoint, names);
        page.markup("<td data-label=\"Used by\">");
        write_node_list(page, {endpoint->used_by().begin(), endpoint->used_by().end()}, names);
        page.markup("</td></tr>\n");
    }
    page.markup("</tbody></table></div>\n</section>\n");
}

void write_nodes(Page& page, const v1::Report& report, const NodeNames& names) {
    page.markup("<section aria-labelledby=\"nodes\">\n<h2 id=\"nodes\">Nodes <span class=\"count\">" +
                std::to_string(report.nodes_size()) + "</span></h2>\n");
    if (report.nodes().empty()) {
        page.markup("<p class=\"quiet\">No node has reported.</p>\n</section>\n");
        return;
    }
    page.markup(
        "<div class=\"scroll\"><table class=\"stack\">\n<thead><tr><th scope=\"col\">Node</th>"
        "<th scope=\"col\">Roles</th><th scope=\"col\">GitLab</th><th scope=\"col\">System</th>"
        "<th scope=\"col\">Inspected (UTC)</th><th scope=\"col\">Gaps</th></tr></thead>\n<tbody>\n");
    for (const auto& node : report.nodes()) {
        const auto& roles = node.roles();
        write_name(page, node, names);
        write_cell(page, "Roles", roles.empty() ? "not known" : fmt::format("{}", fmt::join(roles, ", ")));
        write_cell(page, "GitLab", version_words(node));
        write_cell(page, "System", node.operating_system().empty() ? "not known" : node.operating_system());
        page.markup("<td data-label=\"Inspected (UTC)\" class=\"time\">");
        page.text(minute_words(node.has_inspected_at(), node.inspected_at())).markup("</td>");
        write_cell(page, "Gaps", std::to_string(node.gaps()));
        page.markup("</tr>\n");
    }
    page.markup("</tbody></table></div>\n</section>\n");
}

}  // namespace preflight::readiness::render
