#include "readiness/server_kinds.h"

#include <algorithm>

#include "readiness/installed.h"

namespace preflight::readiness {
namespace {

using Component = v1::ServerIs::Component;
using Role = v1::NodeRoles;

}  // namespace

const ServerKind& server_kind(Component component) {
    static const std::vector<ServerKind> kinds{
        {v1::ServerIs::COMPONENT_UNSPECIFIED, "server", "", {}},
        {v1::ServerIs::POSTGRESQL, "PostgreSQL", "postgres", {"postgresql"}},
        {v1::ServerIs::REDIS, "Redis", "redis", {"redis"}},
        {v1::ServerIs::VALKEY, "Valkey", "redis", {"redis"}},
        {v1::ServerIs::GITALY, "Gitaly", "gitaly", {"gitaly"}},
        {v1::ServerIs::CONSUL, "Consul", "consul", {"consul"}},
        {v1::ServerIs::PATRONI, "Patroni", "patroni", {"patroni"}},
        {v1::ServerIs::PGBOUNCER, "PgBouncer", "pgbouncer", {"pgbouncer"}},
        {v1::ServerIs::GIT, "Git", "gitaly", {"gitaly"}},
    };
    const auto found = std::ranges::find(kinds, component, &ServerKind::component);
    return found == kinds.end() ? kinds.front() : *found;
}

bool could_use(const FleetNode& node, Component component) {
    if (without_gitlab(node)) return false;
    if (!roles_seen(node)) return true;
    switch (component) {
        case v1::ServerIs::CONSUL:
            return has_role(node, Role::CONSUL);
        case v1::ServerIs::PATRONI:
            return has_role(node, Role::PATRONI);
        case v1::ServerIs::PGBOUNCER:
            return has_role(node, Role::PGBOUNCER);
        case v1::ServerIs::POSTGRESQL:
            return runs_application(node) || has_role(node, Role::POSTGRESQL) ||
                   has_role(node, Role::PRAEFECT);
        case v1::ServerIs::GITALY:
        case v1::ServerIs::GIT:
            return runs_application(node) || has_role(node, Role::GITALY) || has_role(node, Role::PRAEFECT);
        default:
            return runs_application(node) || has_role(node, Role::REDIS);
    }
}

bool serves(const FleetNode& node, Component component) {
    switch (component) {
        case v1::ServerIs::POSTGRESQL:
            return has_role(node, Role::POSTGRESQL) || has_role(node, Role::PATRONI);
        case v1::ServerIs::REDIS:
        case v1::ServerIs::VALKEY:
            return has_role(node, Role::REDIS);
        case v1::ServerIs::GITALY:
        case v1::ServerIs::GIT:
            return has_role(node, Role::GITALY);
        case v1::ServerIs::CONSUL:
            return has_role(node, Role::CONSUL);
        case v1::ServerIs::PATRONI:
            return has_role(node, Role::PATRONI);
        case v1::ServerIs::PGBOUNCER:
            return has_role(node, Role::PGBOUNCER);
        default:
            return false;
    }
}

bool needs_one(Component component) {
    return component == v1::ServerIs::POSTGRESQL || component == v1::ServerIs::REDIS ||
           component == v1::ServerIs::VALKEY || component == v1::ServerIs::GITALY ||
           component == v1::ServerIs::GIT;
}

}  // namespace preflight::readiness
