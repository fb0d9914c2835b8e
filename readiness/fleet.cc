#include "readiness/fleet.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

std::uint64_t roles_of(const FleetNode& node) {
    return outlined(node) ? node.outline.roles : roles_found(node);
}

// How the probe ended; nothing: its run is not told.
std::optional<v1::ProbeRun::Outcome> end_of(const FleetNode& node, std::string_view probe) {
    if (outlined(node)) {
        const auto& ends = node.outline.shape->probes;
        const auto end = std::ranges::lower_bound(ends, probe, {}, &ProbeEnds::value_type::first);
        return end != ends.end() && end->first == probe ? std::optional(end->second) : std::nullopt;
    }
    const auto& runs = node.inspection.probes();
    const auto run = std::ranges::find(runs, probe, &v1::ProbeRun::probe);
    return run == runs.end() ? std::nullopt : std::optional(run->outcome());
}

}  // namespace

int kind_of(const google::protobuf::Descriptor& what) {
    const auto& kinds = *v1::Finding::descriptor()->FindOneofByName("what");
    for (int at = 0; at < kinds.field_count(); ++at) {
        if (kinds.field(at)->message_type() == &what) return kinds.field(at)->number();
    }
    return 0;
}

Span span_of(const FleetNode& node, int kind) {
    if (!outlined(node)) return {0, node.inspection.findings_size()};
    const auto& kinds = node.outline.shape->kinds;
    const auto place = static_cast<std::size_t>(kind);
    return place + 1 < kinds.size() ? Span{kinds[place], kinds[place + 1]} : Span{};
}

std::string node_name(const FleetNode& node) { return outlined(node) ? node.outline.name : name_found(node); }

bool inspected(const FleetNode& node) { return node.inspection.has_finished_at(); }

std::uint64_t bit_of(int number) {
    constexpr int last = 63;
    return std::uint64_t{1} << (number < 0 || number > last ? last : number);
}

std::uint64_t installation_methods(const FleetNode& node) {
    return outlined(node) ? node.outline.methods : methods_found(node);
}

std::vector<FoundInstallation> found_installations(const FleetNode& node) {
    return outlined(node) ? node.outline.installations : installations_found(node);
}

bool roles_seen(const FleetNode& node) {
    if (outlined(node)) return node.outline.roles_seen;
    return !findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node).empty();
}

bool has_role(const FleetNode& node, v1::NodeRoles::Role role) {
    return (roles_of(node) & bit_of(role)) != 0;
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

bool has_any_role(const FleetNode& node, std::span<const v1::NodeRoles::Role> roles) {
    return std::ranges::any_of(roles, [&](v1::NodeRoles::Role role) { return has_role(node, role); });
}

bool runs_application(const FleetNode& node) {
    return has_role(node, v1::NodeRoles::RAILS) || has_role(node, v1::NodeRoles::SIDEKIQ);
}

bool finished(const FleetNode& node, std::string_view probe) {
    return inspected(node) && end_of(node, probe) == v1::ProbeRun::FINISHED;
}

bool broke_off(const FleetNode& node, std::string_view probe) {
    const auto end = end_of(node, probe);
    return end && *end != v1::ProbeRun::FINISHED;
}

bool saw_all(const FleetNode& node, std::string_view probe) {
    return finished(node, probe) && gaps_of(node, probe).empty();
}

bool read_database(const FleetNode& node) {
    return saw_all(node, "postgres") &&
           !findings_of<&v1::Finding::has_schema_migrations, &v1::Finding::schema_migrations>(node).empty();
}

std::int64_t newest_seconds(const FleetNode& node) {
    return outlined(node) ? node.outline.newest_seconds : newest_found(node);
}

bool may_have_dialled(const FleetNode& node, std::string_view kind) {
    return !outlined(node) || std::ranges::binary_search(node.outline.shape->dialled, kind);
}

std::vector<const v1::Finding*> gaps_of(const FleetNode& node, std::string_view probe) {
    std::vector<const v1::Finding*> gaps;
    if (outlined(node) && node.outline.gaps == 0) return gaps;
    for (const auto& [gap, finding] : findings_of<&v1::Finding::has_gap, &v1::Finding::gap>(node)) {
        if (finding->probe() == probe) gaps.push_back(finding);
    }
    return gaps;
}

}  // namespace preflight::readiness
