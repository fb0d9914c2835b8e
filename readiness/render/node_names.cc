#include "readiness/render/node_names.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

using Names = std::set<std::string>;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Labels between dots, the first with a letter in it: an IPv4 address has no short form.
bool is_host_name(std::string_view name) {
    constexpr std::size_t length_most = 253;  // what DNS allows
    if (name.empty() || name.size() > length_most || name.front() == '.' || name.back() == '.') return false;
    if (name.find("..") != std::string_view::npos) return false;
    const auto first_label = name.substr(0, name.find('.'));
    return std::ranges::any_of(first_label, is_letter) && std::ranges::all_of(name, [](char c) {
               return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
           });
}

// Hosts that nodes are sent to count too: "gitaly-1" must not be read as another gitaly-1 that is in use. One
// that is written without its domain says nothing.
void add_host_of(std::string_view address, Names& names) {
    const auto host = address.substr(0, address.find(':'));
    if (is_host_name(host) && host.find('.') != std::string_view::npos) names.emplace(host);
}

// Verdicts, steps and needs name nodes; verdicts, needs and answers have evidence of nodes.
template <typename Told>
void add_nodes_of(const Told& told, Names& names) {
    for (const auto& one : told) names.insert(one.nodes().begin(), one.nodes().end());
}

template <typename Told>
void add_evidence_of(const Told& told, Names& names) {
    for (const auto& one : told) {
        for (const auto& evidence : one.evidence()) names.insert(evidence.node());
    }
}

Names node_names(const v1::Report& report) {
    Names names;
    for (const auto& node : report.nodes()) names.insert(node.name());
    for (const auto& node : report.architecture().nodes()) names.insert(node.name());
    add_nodes_of(report.verdicts(), names);
    add_evidence_of(report.verdicts(), names);
    add_nodes_of(report.plan().steps(), names);
    for (const auto& hop : report.way_back().hops()) {
        add_nodes_of(hop.needs(), names);
        add_evidence_of(hop.needs(), names);
        add_nodes_of(hop.steps(), names);
    }
    for (const auto& question : report.support().questions()) add_evidence_of(question.answers(), names);
    for (const auto& endpoint : report.endpoints()) {
        names.insert(endpoint.used_by().begin(), endpoint.used_by().end());
        names.insert(endpoint.answered_by());
    }
    return names;
}

// Host names mean the same in capitals.
std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

// The name up to its first dot, up to its second, …, and the whole.
std::vector<std::string_view> beginnings(std::string_view name) {
    std::vector<std::string_view> found;
    if (is_host_name(name)) {
        for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1))
            found.push_back(name.substr(0, dot));
    }
    found.push_back(name);
    return found;
}

}  // namespace

NodeNames::NodeNames(const v1::Report& report) {
    const auto nodes = node_names(report);
    auto all = nodes;
    for (const auto& endpoint : report.endpoints()) add_host_of(endpoint.address(), all);
    std::map<std::string, int> met;  // how many names begin so
    for (const auto& name : all) {
        for (const auto beginning : beginnings(name)) ++met[lower(beginning)];
    }
    for (const auto& name : nodes) {
        const auto candidates = beginnings(name);
        const auto alone = std::ranges::find_if(
            candidates, [&met](std::string_view candidate) { return met[lower(candidate)] == 1; });
        if (alone != candidates.end() && *alone != name) cut_.emplace(name, *alone);
    }
}

std::string NodeNames::shown(const std::string& name) const {
    const auto found = cut_.find(name);
    return found == cut_.end() ? visible(name) : found->second;
}

}  // namespace preflight::readiness::render
