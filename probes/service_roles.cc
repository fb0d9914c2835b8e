#include "probes/service_roles.h"

#include <array>
#include <string_view>

namespace preflight::probes {
namespace {

struct Row {
    std::string_view service;
    v1::NodeRoles::Role role;
};

// Source: services of omnibus-gitlab 440b1f835. When Patroni is enabled it runs PostgreSQL itself.
constexpr std::array<Row, 18> rows{{
    {"puma", v1::NodeRoles::RAILS},
    {"unicorn", v1::NodeRoles::RAILS},  // before Puma, up to 13.x
    {"sidekiq", v1::NodeRoles::SIDEKIQ},
    {"gitaly", v1::NodeRoles::GITALY},
    {"praefect", v1::NodeRoles::PRAEFECT},
    {"postgresql", v1::NodeRoles::POSTGRESQL},
    {"geo-postgresql", v1::NodeRoles::POSTGRESQL},
    {"patroni", v1::NodeRoles::POSTGRESQL},
    {"patroni", v1::NodeRoles::PATRONI},
    {"pgbouncer", v1::NodeRoles::PGBOUNCER},
    {"consul", v1::NodeRoles::CONSUL},
    {"redis", v1::NodeRoles::REDIS},
    {"sentinel", v1::NodeRoles::SENTINEL},
    {"registry", v1::NodeRoles::REGISTRY},
    {"gitlab-pages", v1::NodeRoles::PAGES},
    {"gitlab-kas", v1::NodeRoles::KAS},
    {"prometheus", v1::NodeRoles::MONITORING},
    {"alertmanager", v1::NodeRoles::MONITORING},
}};

}  // namespace

std::set<v1::NodeRoles::Role> roles_of(const std::set<std::string>& enabled_services) {
    std::set<v1::NodeRoles::Role> roles;
    for (const auto& row : rows) {
        if (enabled_services.contains(std::string(row.service))) roles.insert(row.role);
    }
    return roles;
}

}  // namespace preflight::probes
