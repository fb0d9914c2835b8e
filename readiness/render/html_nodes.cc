#include "readiness/render/html_nodes.h"

#include "readiness/render/layout.h"

namespace preflight::readiness::render {

void write_node(Page& page, std::string_view element, const std::string& node, const NodeNames& names) {
    page.markup("<").markup(element);
    if (names.is_cut(node)) page.markup(" title=\"").text(node).markup("\"");
    page.markup(">").text(names.shown(node)).markup("</").markup(element).markup(">");
}

void write_node_labels(Page& page, const Texts& nodes, const NodeNames& names, std::string_view instead) {
    constexpr int nodes_most = 12;  // past that the list is folded: the finding is what one came to read
    constexpr int summary_width = 70;
    if (nodes.empty()) {
        page.element("p", "where", instead).markup("\n");
        return;
    }
    const bool folded = nodes.size() > nodes_most;
    if (folded) {
        page.markup("<details><summary>").text(joined(shown_all(nodes, names), summary_width));
        page.markup("</summary>\n");
    }
    page.markup("<ul class=\"where\" aria-label=\"Nodes\">");
    for (const auto& node : nodes) write_node(page, "li", node, names);
    page.markup(folded ? "</ul></details>\n" : "</ul>\n");
}

void write_node_list(Page& page, const std::vector<std::string>& nodes, const NodeNames& names) {
    constexpr std::size_t nodes_most = 6;
    constexpr int summary_width = 30;
    const bool folded = nodes.size() > nodes_most;
    if (folded) {
        page.markup("<details><summary>").text(joined(shown_all(nodes, names), summary_width));
        page.markup("</summary>");
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (i > 0) page.markup(", ");
        write_node(page, "span", nodes[i], names);
    }
    if (folded) page.markup("</details>");
}

}  // namespace preflight::readiness::render
