#include "readiness/server_kinds.h"

#include <algorithm>

#include "readiness/installed.h"

namespace preflight::readiness {
namespace {

using Component = v1::ServerIs::Component;
using Role = v1::NodeRoles;

}  // namespace

const ServerKind& server_kind(Component component) {
    static const std::vector<Role::Role> of_gitaly{Role::RAILS, Role::SIDEKIQ, Role::GITALY, Role::PRAEFECT};
    static const std::vector<Role::Role> of_redis{Role::RAILS, Role::SIDEKIQ, Role::REDIS};
    static const std::vector<ServerKind> kinds{
        {v1::ServerIs::COMPONENT_UNSPECIFIED, "server", "", {}, of_redis, {}, false},
        {v1::ServerIs::POSTGRESQL,
         "PostgreSQL",
         "postgres",
         {"postgresql"},
         {Role::RAILS, Role::SIDEKIQ, Role::POSTGRESQL, Role::PRAEFECT},
         {Role::POSTGRESQL, Role::PATRONI},
         true},
        {v1::ServerIs::REDIS, "Redis", "redis", {"redis"}, of_redis, {Role::REDIS}, true},
        {v1::ServerIs::VALKEY, "Valkey", "redis", {"redis"}, of_redis, {Role::REDIS}, true},
        {v1::ServerIs::GITALY, "Gitaly", "gitaly", {"gitaly"}, of_gitaly, {Role::GITALY}, true},
        {v1::ServerIs::CONSUL, "Consul", "consul", {"consul"}, {Role::CONSUL}, {Role::CONSUL}, false},
        {v1::ServerIs::PATRONI, "Patroni", "patroni", {"patroni"}, {Role::PATRONI}, {Role::PATRONI}, false},
        {v1::ServerIs::PGBOUNCER,
         "PgBouncer",
         "pgbouncer",
         {"pgbouncer"},
         {Role::PGBOUNCER},
         {Role::PGBOUNCER},
         false},
        {v1::ServerIs::GIT, "Git", "gitaly", {"gitaly"}, of_gitaly, {Role::GITALY}, true},
    };
    const auto found = std::ranges::find(kinds, component, &ServerKind::component);
    return found == kinds.end() ? kinds.front() : *found;
}

bool could_use(const FleetNode& node, Component component) {
    if (without_gitlab(node)) return false;
    return !roles_seen(node) || has_any_role(node, server_kind(component).users);
}

bool serves(const FleetNode& node, Component component) {
    return has_any_role(node, server_kind(component).servers);
}

bool needs_one(Component component) { return server_kind(component).needed; }

}  // namespace preflight::readiness
