#include "readiness/mermaid.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "readiness/render/visible.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

// More than that nobody looks through; Mermaid itself gives up at 50,000 bytes.
constexpr std::size_t single_limit = 60;
constexpr std::size_t edges_limit = 180;
constexpr std::size_t boxes_limit = 100;
constexpr std::size_t name_limit_bytes = 60;

// Mermaid's own signs, those of its text in HTML, and those of Markdown are none of these.
bool is_plain(char letter) {
    constexpr std::string_view marks = " ._/-,";
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || marks.find(letter) != std::string_view::npos ||
           (static_cast<unsigned char>(letter) & 0x80U) != 0;
}

struct Box {
    std::string id;
    std::string site;
    std::string name;  // of the first node
    std::string roles;
    bool reports = false;
    bool external = false;
    std::size_t nodes = 0;
};

struct Boxes {
    std::vector<Box> boxes;                                                      // in order of site
    std::unordered_map<std::string, std::size_t> of_node;                        // by the node's id
    std::map<std::pair<std::size_t, std::size_t>, std::set<std::string>> edges;  // with their kinds
};

Boxes boxes_of(const v1::Architecture& architecture, bool single) {
    Boxes all;
    std::map<std::tuple<std::string, std::string, bool, bool>, std::size_t> like;
    for (const auto& node : architecture.nodes()) {
        const auto roles = listed({node.roles().begin(), node.roles().end()});
        const std::tuple kind(node.site(), roles, node.reports(), node.external());
        const auto known = single ? like.end() : like.find(kind);
        if (known != like.end()) {
            all.of_node[node.id()] = known->second;
            ++all.boxes[known->second].nodes;
            continue;
        }
        if (!single) like.emplace(kind, all.boxes.size());
        all.of_node[node.id()] = all.boxes.size();
        all.boxes.push_back({node.id(), node.site(), node.name(), roles, node.reports(), node.external(), 1});
    }
    for (const auto& edge : architecture.edges()) {
        const auto from = all.of_node.at(edge.from());
        const auto to = all.of_node.at(edge.to());
        if (from != to && from < boxes_limit && to < boxes_limit) all.edges[{from, to}].insert(edge.kind());
    }
    return all;
}

std::string name_text(std::string_view name) { return mermaid_text(clipped(name, name_limit_bytes)); }

// What makes a box another one is also said in words: shapes alone are not seen by everybody.
std::string drawn(const Box& box) {
    auto label = name_text(box.name);
    if (box.nodes > 1) label += " and " + std::to_string(box.nodes - 1) + " like it";
    if (!box.roles.empty()) label += "<br/>" + mermaid_text(box.roles);
    if (box.external) return box.id + "([\"" + label + "<br/>external\"])";
    if (!box.reports) return box.id + "{{\"" + label + "<br/>does not report\"}}";
    return box.id + "[\"" + label + "\"]";
}

std::string drawn_boxes(const std::vector<Box>& boxes) {
    std::string text;
    std::string site;
    std::size_t sites = 0;
    const auto end_site = [&] { text += site.empty() ? "" : "  end\n"; };
    for (std::size_t at = 0; at < std::min(boxes.size(), boxes_limit); ++at) {
        const auto& box = boxes[at];
        if (box.site != site) {
            end_site();
            site = box.site;
            text += "  subgraph s" + std::to_string(++sites) + "[\"Geo site " + name_text(site) + "\"]\n";
        }
        text += (site.empty() ? "  " : "    ") + drawn(box) + "\n";
    }
    end_site();
    if (boxes.size() > boxes_limit)
        text += "  more[\"" + std::to_string(boxes.size() - boxes_limit) + " more that are not drawn\"]\n";
    return text;
}

}  // namespace

std::string mermaid_text(std::string_view text) {
    std::string safe;
    for (const char letter : render::visible(text)) {
        if (is_plain(letter)) {
            safe += letter;
        } else {
            safe += "#" + std::to_string(static_cast<unsigned char>(letter)) + ";";
        }
    }
    return safe;
}

std::string mermaid_of(const v1::Architecture& architecture) {
    auto all = boxes_of(architecture, static_cast<std::size_t>(architecture.nodes_size()) <= single_limit);
    if (all.edges.size() > edges_limit) all = boxes_of(architecture, false);
    std::string text = "flowchart LR\n" + drawn_boxes(all.boxes);
    std::size_t drawn_edges = 0;
    for (const auto& [ends, kinds] : all.edges) {
        if (++drawn_edges > edges_limit) break;
        text += "  " + all.boxes[ends.first].id + " -->|\"" +
                mermaid_text(listed_first({kinds.begin(), kinds.end()}, 4)) + "\"| " +
                all.boxes[ends.second].id + "\n";
    }
    if (all.edges.size() > edges_limit) {
        text += "  moreLines[\"" + std::to_string(all.edges.size() - edges_limit) +
                " more lines that are not drawn\"]\n";
    }
    return text;
}

}  // namespace preflight::readiness
