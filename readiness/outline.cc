#include "readiness/outline.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

#include "readiness/fleet.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

std::vector<int> begins_of(const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
    const int last = findings.empty() ? 0 : findings.rbegin()->what_case();
    std::vector<int> begins(static_cast<std::size_t>(last) + 2);
    for (const auto& finding : findings) ++begins[static_cast<std::size_t>(finding.what_case()) + 1];
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    return begins;
}

bool is_gitlab(const v1::Installation& installation) {
    return installation.method() != v1::Installation::NONE &&
           installation.method() != v1::Installation::METHOD_UNSPECIFIED;
}

ProbeEnds ends_of(const v1::Inspection& inspection) {
    ProbeEnds ends;
    ends.reserve(static_cast<std::size_t>(inspection.probes_size()));
    for (const auto& run : inspection.probes()) ends.emplace_back(run.probe(), run.outcome());
    return ends;
}

std::vector<std::string> dialled_by(const v1::Inspection& inspection) {
    std::set<std::string_view> kinds;
    for (const auto& finding : inspection.findings()) {
        if (finding.has_reach()) kinds.insert(finding.reach().kind());
    }
    return {kinds.begin(), kinds.end()};
}

}  // namespace

Shape shape_of(const v1::Inspection& inspection) {
    return {begins_of(inspection.findings()), ends_of(inspection), dialled_by(inspection)};
}

void draw_outline(FleetNode& node, std::shared_ptr<const Shape> shape) {
    auto& outline = node.outline;
    outline.shape = std::move(shape);
    outline.findings = node.inspection.findings_size();
    outline.roles = roles_found(node);
    outline.roles_seen = !findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node).empty();
    outline.methods = methods_found(node);
    outline.installations = installations_found(node);
    outline.name = name_found(node);
    const auto gaps = span_of(node, v1::Finding::kGap);
    outline.gaps = gaps.end - gaps.begin;
    outline.newest_seconds = newest_found(node);
}

std::string name_found(const FleetNode& of) {
    const auto& node = of.inspection.node();
    constexpr std::size_t name_limit_bytes = 255;
    constexpr std::size_t id_shown_bytes = 12;
    if (!node.name().empty()) return clipped(node.name(), name_limit_bytes);
    return node.id().empty() ? "(node without a name)" : "(node " + node.id().substr(0, id_shown_bytes) + ")";
}

std::uint64_t roles_found(const FleetNode& node) {
    std::uint64_t roles = 0;
    for (const auto& [found, finding] :
         findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node)) {
        for (const int role : found->roles()) roles |= bit_of(role);
    }
    return roles;
}

std::uint64_t methods_found(const FleetNode& node) {
    std::uint64_t methods = 0;
    for (const auto& [installation, finding] :
         findings_of<&v1::Finding::has_installation, &v1::Finding::installation>(node)) {
        methods |= bit_of(installation->method());
    }
    return methods;
}

std::vector<FoundInstallation> installations_found(const FleetNode& node) {
    std::vector<FoundInstallation> found;
    for (const auto& [installation, finding] :
         findings_of<&v1::Finding::has_installation, &v1::Finding::installation>(node)) {
        if (is_gitlab(*installation))
            found.push_back({finding, installation, parse_version(installation->version())});
    }
    return found;
}

std::int64_t newest_found(const FleetNode& node) {
    std::int64_t newest = 0;
    for (const auto& finding : node.inspection.findings())
        newest = std::max<std::int64_t>(newest, finding.taken_at().seconds());
    return newest;
}

}  // namespace preflight::readiness
