#include "readiness/render/html_rows.h"

#include "readiness/render/html_nodes.h"

namespace preflight::readiness::render {
namespace {

void write_command(Page& page, const v1::Command& command) {
    page.markup("<pre><code>").text(shell_line(command)).markup("</code></pre>");
}

}  // namespace

void write_row(Page& page, std::string_view label, std::string_view foreign) {
    if (foreign.empty()) return;
    page.markup("<dt>").markup(label).markup("</dt>").element("dd", "", foreign).markup("\n");
}

void write_row(Page& page, std::string_view label, std::string_view foreign, const Commands& commands) {
    if (foreign.empty() && commands.empty()) return;
    page.markup("<dt>").markup(label).markup("</dt><dd>");
    if (!foreign.empty()) page.element("p", "", foreign);
    for (const auto& command : commands) write_command(page, command);
    page.markup("</dd>\n");
}

void write_command_row(Page& page, std::string_view label, const v1::Command& command) {
    if (command.argv().empty()) return;
    page.markup("<dt>").markup(label).markup("</dt><dd>");
    write_command(page, command);
    page.markup("</dd>\n");
}

void write_link_row(Page& page, const Texts& links) {
    if (links.empty()) return;
    page.markup("<dt>Read</dt><dd>");
    for (const auto& link : links) write_link(page, link);
    page.markup("</dd>\n");
}

void write_link(Page& page, std::string_view link) {
    constexpr std::string_view scheme = "https://";
    if (!link.starts_with(scheme)) {
        page.element("p", "link", link).markup(" ");
        return;
    }
    page.markup("<p class=\"link\"><a rel=\"noreferrer noopener\" href=\"").text(link).markup("\">");
    page.breakable(link.substr(scheme.size())).markup("</a></p> ");
}

void write_evidence(Page& page, const EvidenceList& evidence, const NodeNames& names, bool open) {
    const auto groups = grouped_evidence(evidence);
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

}  // namespace preflight::readiness::render
