#include "readiness/bundled_postgresql.h"

#include <algorithm>

#include "readiness/condition.h"

namespace preflight::readiness {

bool may_upgrade_postgresql(const Fleet& fleet) {
    return std::ranges::none_of(fleet.nodes, [](const FleetNode& node) {
        const auto marked = findings_of<&v1::Finding::has_marker_file, &v1::Finding::marker_file>(node);
        const auto roles = findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node);
        return !roles_seen(node) || has_role(node, v1::NodeRoles::PATRONI) ||
               std::ranges::any_of(marked,
                                   [](const auto& file) {
                                       return file.first->path().ends_with("/disable-postgresql-upgrade");
                                   }) ||
               std::ranges::any_of(
                   roles, [](const auto& role) { return role.first->role() != v1::GeoRole::NOT_CONFIGURED; });
    });
}

const v1::Bundle* postgresql_bundle(const Version& gitlab, const v1::Knowledge& knowledge) {
    const auto found = std::ranges::find_if(knowledge.bundles(), [&](const v1::Bundle& bundle) {
        return bundle.component() == v1::ServerIs::POSTGRESQL && within(gitlab, bundle.gitlab());
    });
    return found == knowledge.bundles().end() ? nullptr : &*found;
}

}  // namespace preflight::readiness
