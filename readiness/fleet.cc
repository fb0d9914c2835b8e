#include "readiness/fleet.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <compare>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

// Maps in order of key: equal messages have equal bytes. `write` fills the room exactly.
template <typename Write>
void serialise(std::span<char> room, Write write) {
    google::protobuf::io::ArrayOutputStream array(room.data(), static_cast<int>(room.size()));
    google::protobuf::io::CodedOutputStream coded(&array);
    coded.SetSerializationDeterministic(true);
    write(coded);
}

void append_bytes(const google::protobuf::Message& message, std::string& bytes) {
    const auto begin = bytes.size();
    bytes.resize(begin + message.ByteSizeLong());
    serialise(std::span(bytes).subspan(begin), [&](google::protobuf::io::CodedOutputStream& coded) {
        message.SerializeWithCachedSizes(&coded);
    });
}

// Of messages whose bytes lie one behind the other.
template <typename Message>
struct Placed {
    Message* message = nullptr;
    std::size_t begin = 0;
    std::size_t end = 0;
};

std::tuple<std::string, bool> rest_of(const FleetNode& node) {
    std::string bytes;
    append_bytes(node.inspection, bytes);
    append_bytes(node.last_heard, bytes);
    return {std::move(bytes), node.unfinished};
}

int kind_of(const v1::Finding& finding) { return finding.what_case(); }
const std::string& kind_of(const v1::ProbeRun& run) { return run.probe(); }

bool outlined(const FleetNode& node) { return node.outline.findings == node.inspection.findings_size(); }

// By kind, then by bytes. `bytes` is room that the caller keeps for the next.
template <typename Messages>
void sort_by_bytes(Messages& messages, std::string& bytes) {
    bytes.clear();
    std::vector<Placed<typename Messages::value_type>> places;
    places.reserve(static_cast<std::size_t>(messages.size()));
    std::size_t end = 0;
    for (auto& message : messages) {
        const auto begin = end;
        end += message.ByteSizeLong();
        places.push_back({&message, begin, end});
    }
    bytes.resize(end);
    serialise(bytes, [&](google::protobuf::io::CodedOutputStream& coded) {
        for (const auto& message : messages) message.SerializeWithCachedSizes(&coded);
    });
    const std::string_view all(bytes);
    std::ranges::sort(places, [all](const auto& one, const auto& other) {
        const auto order = kind_of(*one.message) <=> kind_of(*other.message);
        if (std::is_neq(order)) return std::is_lt(order);
        return all.substr(one.begin, one.end - one.begin) < all.substr(other.begin, other.end - other.begin);
    });
    std::ranges::transform(places, messages.pointer_begin(), [](const auto& place) { return place.message; });
}

std::vector<int> begins_of(const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
    const int last = findings.empty() ? 0 : kind_of(*findings.rbegin());
    std::vector<int> begins(static_cast<std::size_t>(last) + 2);
    for (const auto& finding : findings) ++begins[static_cast<std::size_t>(kind_of(finding)) + 1];
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    return begins;
}

ProbeEnds ends_of(const FleetNode& node) {
    ProbeEnds ends;
    ends.reserve(static_cast<std::size_t>(node.inspection.probes_size()));
    for (const auto& run : node.inspection.probes()) ends.emplace_back(run.probe(), run.outcome());
    return ends;
}

std::uint64_t methods_found(const FleetNode& node) {
    std::uint64_t methods = 0;
    for (const auto& [installation, finding] :
         findings_of<&v1::Finding::has_installation, &v1::Finding::installation>(node)) {
        methods |= bit_of(installation->method());
    }
    return methods;
}

std::uint64_t roles_found(const FleetNode& node) {
    std::uint64_t roles = 0;
    for (const auto& [found, finding] :
         findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node)) {
        for (const int role : found->roles()) roles |= bit_of(role);
    }
    return roles;
}

std::uint64_t roles_of(const FleetNode& node) {
    return outlined(node) ? node.outline.roles : roles_found(node);
}

std::int64_t newest_found(const FleetNode& node) {
    std::int64_t newest = 0;
    for (const auto& finding : node.inspection.findings())
        newest = std::max<std::int64_t>(newest, finding.taken_at().seconds());
    return newest;
}

// Of a node whose findings and probes are in order.
void draw_outline(FleetNode& node) {
    auto& outline = node.outline;
    outline.kinds = begins_of(node.inspection.findings());
    outline.findings = node.inspection.findings_size();
    outline.roles = roles_found(node);
    outline.roles_seen = !findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node).empty();
    outline.methods = methods_found(node);
    const auto gaps = span_of(node, v1::Finding::kGap);
    outline.gaps = gaps.end - gaps.begin;
    outline.newest_seconds = newest_found(node);
}

// How the probe ended; nothing: its run is not told.
std::optional<v1::ProbeRun::Outcome> end_of(const FleetNode& node, std::string_view probe) {
    if (outlined(node)) {
        const auto& ends = *node.outline.probes;
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
    const auto& kinds = node.outline.kinds;
    if (!outlined(node)) return {0, node.inspection.findings_size()};
    const auto place = static_cast<std::size_t>(kind);
    return place + 1 < kinds.size() ? Span{kinds[place], kinds[place + 1]} : Span{};
}

void normalise(Fleet& fleet) {
    fleet.survey.reset();
    std::string bytes;
    std::map<ProbeEnds, std::shared_ptr<const ProbeEnds>> ends;
    for (auto& node : fleet.nodes) {
        sort_by_bytes(*node.inspection.mutable_probes(), bytes);
        sort_by_bytes(*node.inspection.mutable_findings(), bytes);
        draw_outline(node);
        const auto [known, is_new] = ends.try_emplace(ends_of(node));
        if (is_new) known->second = std::make_shared<const ProbeEnds>(known->first);
        node.outline.probes = known->second;
    }
    // Names and ids come from nodes, and two may be alike: then the rest decides.
    std::ranges::sort(fleet.nodes, [](const FleetNode& one, const FleetNode& other) {
        const auto& here = one.inspection.node();
        const auto& there = other.inspection.node();
        const auto order = std::tie(here.name(), here.id()) <=> std::tie(there.name(), there.id());
        return std::is_eq(order) ? rest_of(one) < rest_of(other) : std::is_lt(order);
    });
}

std::string node_name(const FleetNode& node) {
    constexpr std::size_t name_limit_bytes = 255;
    constexpr std::size_t id_shown_bytes = 12;
    const auto& id = node.inspection.node().id();
    const auto& name = node.inspection.node().name();
    if (!name.empty()) return clipped(name, name_limit_bytes);
    return id.empty() ? "(node without a name)" : "(node " + id.substr(0, id_shown_bytes) + ")";
}

bool inspected(const FleetNode& node) { return node.inspection.has_finished_at(); }

std::uint64_t bit_of(int number) {
    constexpr int last = 63;
    return std::uint64_t{1} << (number < 0 || number > last ? last : number);
}

std::uint64_t installation_methods(const FleetNode& node) {
    return outlined(node) ? node.outline.methods : methods_found(node);
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

std::vector<const v1::Finding*> gaps_of(const FleetNode& node, std::string_view probe) {
    std::vector<const v1::Finding*> gaps;
    if (outlined(node) && node.outline.gaps == 0) return gaps;
    for (const auto& [gap, finding] : findings_of<&v1::Finding::has_gap, &v1::Finding::gap>(node)) {
        if (finding->probe() == probe) gaps.push_back(finding);
    }
    return gaps;
}

}  // namespace preflight::readiness
