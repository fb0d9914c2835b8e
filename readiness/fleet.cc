#include "readiness/fleet.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

namespace preflight::readiness {
namespace {

// Maps in order of key: equal messages have equal bytes.
std::string bytes_of(const google::protobuf::Message& message) {
    std::string bytes;
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
    coded.Trim();
    return bytes;
}

template <typename Messages>
void sort_by_bytes(Messages& messages) {
    using Message = typename Messages::value_type;
    std::vector<std::pair<std::string, Message>> keyed;
    keyed.reserve(static_cast<std::size_t>(messages.size()));
    for (auto& message : messages) {
        auto bytes = bytes_of(message);
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
    return {inspected.name(), inspected.id(), bytes_of(node.inspection) + bytes_of(node.last_heard),
            node.unfinished};
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

std::string_view role_name(int role) {
    static const std::map<int, std::string_view> names{
        {v1::NodeRoles::RAILS, "Rails"},
        {v1::NodeRoles::SIDEKIQ, "Sidekiq"},
        {v1::NodeRoles::GITALY, "Gitaly"},
        {v1::NodeRoles::PRAEFECT, "Praefect"},
        {v1::NodeRoles::POSTGRESQL, "PostgreSQL"},
        {v1::NodeRoles::PGBOUNCER, "PgBouncer"},
        {v1::NodeRoles::PATRONI, "Patroni"},
        {v1::NodeRoles::CONSUL, "Consul"},
        {v1::NodeRoles::REDIS, "Redis"},
        {v1::NodeRoles::SENTINEL, "Sentinel"},
        {v1::NodeRoles::REGISTRY, "registry"},
        {v1::NodeRoles::PAGES, "Pages"},
        {v1::NodeRoles::KAS, "KAS"},
        {v1::NodeRoles::MONITORING, "monitoring"},
        {v1::NodeRoles::LOAD_BALANCER, "load balancer"},
    };
    const auto name = names.find(role);
    return name == names.end() ? std::string_view() : name->second;
}

bool runs_application(const FleetNode& node) {
    return has_role(node, v1::NodeRoles::RAILS) || has_role(node, v1::NodeRoles::SIDEKIQ);
}

bool saw_all(const FleetNode& node, std::string_view probe) {
    const auto& runs = node.inspection.probes();
    const auto run = std::ranges::find(runs, probe, &v1::ProbeRun::probe);
    return inspected(node) && run != runs.end() && run->outcome() == v1::ProbeRun::FINISHED &&
           gaps_of(node, probe).empty();
}

bool read_database(const FleetNode& node) {
    return saw_all(node, "postgres") &&
           std::ranges::any_of(node.inspection.findings(), &v1::Finding::has_schema_migrations);
}

std::vector<const v1::Finding*> gaps_of(const FleetNode& node, std::string_view probe) {
    std::vector<const v1::Finding*> gaps;
    for (const auto& finding : node.inspection.findings()) {
        if (finding.has_gap() && finding.probe() == probe) gaps.push_back(&finding);
    }
    return gaps;
}

}  // namespace preflight::readiness
