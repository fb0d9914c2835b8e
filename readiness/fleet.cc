#include "readiness/fleet.h"

#include <algorithm>
#include <tuple>
#include <vector>

namespace preflight::readiness {
namespace {

// Sorts messages by their bytes. Every message here is without maps, so equal messages have equal bytes.
template <typename Messages>
void sort_by_bytes(Messages& messages) {
    using Message = typename Messages::value_type;
    std::vector<std::pair<std::string, Message>> keyed;
    keyed.reserve(static_cast<std::size_t>(messages.size()));
    for (auto& message : messages) {
        auto bytes = message.SerializeAsString();
        keyed.emplace_back(std::move(bytes), std::move(message));
    }
    std::ranges::sort(keyed, {}, &std::pair<std::string, Message>::first);
    messages.Clear();
    for (auto& [bytes, message] : keyed) messages.Add(std::move(message));
}

// Names and ids come from nodes, and two may be alike: then the rest decides.
using Place = std::tuple<std::string, std::string, std::string, bool>;

Place place_of(const FleetNode& node) {
    const auto& inspected = node.inspection.node();
    return {inspected.name(), inspected.id(),
            node.inspection.SerializeAsString() + node.last_heard.SerializeAsString(), node.unfinished};
}

}  // namespace

void normalise(Fleet& fleet) {
    for (auto& node : fleet.nodes) {
        sort_by_bytes(*node.inspection.mutable_findings());
        sort_by_bytes(*node.inspection.mutable_probes());
    }
    std::vector<std::pair<Place, FleetNode>> placed;
    placed.reserve(fleet.nodes.size());
    for (auto& node : fleet.nodes) {
        auto place = place_of(node);
        placed.emplace_back(std::move(place), std::move(node));
    }
    std::ranges::sort(placed, {}, &std::pair<Place, FleetNode>::first);
    fleet.nodes.clear();
    for (auto& [place, node] : placed) fleet.nodes.push_back(std::move(node));
}

std::string node_name(const FleetNode& node) {
    constexpr std::size_t name_limit_bytes = 255;
    constexpr std::size_t id_shown_bytes = 12;
    const auto& id = node.inspection.node().id();
    const auto& name = node.inspection.node().name();
    if (!name.empty()) return name.substr(0, name_limit_bytes);
    return id.empty() ? "(node without a name)" : "(node " + id.substr(0, id_shown_bytes) + ")";
}

bool inspected(const FleetNode& node) { return node.inspection.has_finished_at(); }

bool roles_seen(const FleetNode& node) {
    return !findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node).empty();
}

bool has_role(const FleetNode& node, v1::NodeRoles::Role role) {
    const auto found = findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node);
    return std::ranges::any_of(found, [role](const auto& entry) {
        return std::ranges::find(entry.first->roles(), role) != entry.first->roles().end();
    });
}

bool runs_application(const FleetNode& node) {
    return has_role(node, v1::NodeRoles::RAILS) || has_role(node, v1::NodeRoles::SIDEKIQ);
}

std::vector<const v1::Finding*> gaps_of(const FleetNode& node, std::string_view probe) {
    std::vector<const v1::Finding*> gaps;
    for (const auto& finding : node.inspection.findings()) {
        if (finding.has_gap() && finding.probe() == probe) gaps.push_back(&finding);
    }
    return gaps;
}

}  // namespace preflight::readiness
