#include "readiness/bundled_postgresql.h"

#include <algorithm>

#include "readiness/installed.h"
#include "readiness/own_servers.h"
#include "readiness/setting_uses.h"

namespace preflight::readiness {
namespace {

using Role = v1::NodeRoles;

// Where Sentinels watch over Redis its nodes are upgraded one by one, and the steps for that lay
// /etc/gitlab/skip-auto-reconfigure, on a PostgreSQL beside it as well.
bool rolls_with_redis(const FleetNode& node, const Fleet& fleet) {
    const bool beside = has_role(node, Role::REDIS) || has_role(node, Role::SENTINEL);
    return beside && has_role(node, Role::POSTGRESQL) && !runs_application(node) &&
           std::ranges::any_of(fleet.nodes,
                               [](const FleetNode& other) { return has_role(other, Role::SENTINEL); });
}

bool pins_its_version(const Fleet& fleet) {
    bool pins = false;
    setting_uses(fleet)->each("postgresql['version']", [&pins](const SettingUse&) { pins = true; });
    return pins;
}

// By Patroni, Geo, the plan's own steps or a file; or what runs on the node was not seen.
bool is_kept_from_it(const FleetNode& node, const Fleet& fleet) {
    const auto marked = findings_of<&v1::Finding::has_marker_file, &v1::Finding::marker_file>(node);
    const auto roles = findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node);
    return !roles_seen(node) || has_role(node, Role::PATRONI) || rolls_with_redis(node, fleet) ||
           std::ranges::any_of(marked,
                               [](const auto& file) {
                                   return file.first->path().ends_with("/disable-postgresql-upgrade");
                               }) ||
           std::ranges::any_of(
               roles, [](const auto& role) { return role.first->role() != v1::GeoRole::NOT_CONFIGURED; });
}

// Was all of that looked for where it would keep a PostgreSQL from it?
bool all_seen(const Fleet& fleet) {
    const auto blind = [](const FleetNode& node) {
        return has_role(node, Role::POSTGRESQL) &&
               (!saw_markers(node) ||
                findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node).empty());
    };
    const auto serves = [](const FleetNode* node) { return has_role(*node, Role::POSTGRESQL); };
    return std::ranges::none_of(fleet.nodes, blind) &&
           std::ranges::none_of(setting_uses(fleet)->unseen(), serves);
}

}  // namespace

bool may_upgrade_postgresql(const Fleet& fleet) {
    return !pins_its_version(fleet) && all_seen(fleet) &&
           std::ranges::none_of(fleet.nodes,
                                [&fleet](const FleetNode& node) { return is_kept_from_it(node, fleet); });
}

const v1::Bundle* postgresql_bundle(const Version& gitlab, const v1::Knowledge& knowledge) {
    return bundle_of(v1::ServerIs::POSTGRESQL, gitlab, knowledge);
}

}  // namespace preflight::readiness
