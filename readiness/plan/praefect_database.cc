#include "readiness/plan/praefect_database.h"

#include <algorithm>

#include "readiness/node_match.h"

namespace preflight::readiness {
namespace {

constexpr std::uint32_t usual_port = 5432;
constexpr std::uint32_t port_of_pgbouncer = 6432;

// Of the two that Praefect may know the one that no pooler is before.
const v1::PostgresEndpoint* endpoint_of(const FleetNode& node) {
    const v1::PostgresEndpoint* found = nullptr;
    for (const auto& [endpoint, finding] :
         findings_of<&v1::Finding::has_postgres_endpoint, &v1::Finding::postgres_endpoint>(node)) {
        if (endpoint->purpose() == "praefect_session_pooled") return endpoint;
        if (endpoint->purpose() == "praefect" && found == nullptr) found = endpoint;
    }
    return found;
}

// A dump goes to the server itself.
bool is_pooler(const PlanSite& site, const v1::PostgresEndpoint& endpoint) {
    if (endpoint.port() == port_of_pgbouncer) return true;
    return std::ranges::any_of(site.nodes, [&](const PlanNode& node) {
        return !node.database && has_role(*node.node, v1::NodeRoles::PGBOUNCER) &&
               goes_by(*node.node, endpoint.host());
    });
}

std::vector<std::string> word(const std::string& seen, bool fits, std::string_view unseen) {
    return {fits && is_plain_word(seen) ? seen : std::string(unseen)};
}

Fillings words_of(const PlanSite& site, const v1::PostgresEndpoint& endpoint) {
    const bool direct = !is_pooler(site, endpoint);
    const auto port = std::to_string(endpoint.port() == 0 ? usual_port : endpoint.port());
    return {{"host", word(endpoint.host(), direct, "PRAEFECT_DATABASE_HOST")},
            {"port", word(port, direct, "PRAEFECT_DATABASE_PORT")},
            {"user", word(endpoint.user(), true, "PRAEFECT_USER")},
            {"database", word(endpoint.database(), true, "PRAEFECT_DATABASE")}};
}

}  // namespace

PraefectDatabase praefect_database(const PlanSite& site) {
    const auto praefects =
        chosen(site, [](const PlanNode& node) { return has_role(*node.node, v1::NodeRoles::PRAEFECT); });
    for (const auto* praefect : praefects) {
        const auto* endpoint = endpoint_of(*praefect->node);
        if (endpoint != nullptr) return {praefect, words_of(site, *endpoint)};
    }
    v1::PostgresEndpoint unseen;
    auto words = words_of(site, unseen);
    words["port"] = {"PRAEFECT_DATABASE_PORT"};
    return {praefects.empty() ? nullptr : praefects.front(), std::move(words)};
}

}  // namespace preflight::readiness
