#include "readiness/endpoint_uses.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace preflight::readiness {
namespace {

using Uses = std::vector<EndpointUse>;
using Where = EndpointUse::Where;

constexpr std::uint32_t postgresql_port = 5432;
constexpr std::uint32_t redis_port = 6379;
constexpr std::uint32_t sentinel_port = 26379;
constexpr std::uint32_t gitaly_port = 8075;

std::uint32_t port_of(std::string_view text) {
    constexpr std::uint32_t port_max = 65535;
    std::uint32_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port <= port_max ? port : 0;
}

// Adds uses of one finding; what they have in common is set once.
struct Collector {
    const FleetNode& node;
    const v1::Finding& finding;
    EndpointKind kind;
    std::string purpose;
    Uses& uses;

    EndpointUse& add(Where where, std::string host, std::uint32_t port) {
        uses.push_back({&node, &finding, kind, where, std::move(host), port, purpose, {}});
        return uses.back();
    }
    void add_address(std::string_view address, std::uint32_t usual_port) {
        auto [host, port] = split_address(address, usual_port);
        if (!host.empty()) add(Where::network, std::move(host), port);
    }
};

std::string or_else(const std::string& text, std::string_view other) {
    return text.empty() ? std::string(other) : text;
}

void collect(const v1::PostgresEndpoint& endpoint, Collector to) {
    const auto port = endpoint.port() == 0 ? postgresql_port : endpoint.port();
    // Without a host libpq takes the socket of its build, which in GitLab's package is the bundled server's.
    if (endpoint.host().empty() || endpoint.host().starts_with('/')) {
        to.add(Where::socket, or_else(endpoint.host(), "default socket"), port);
    } else {
        to.add(Where::network, endpoint.host(), port);
    }
    to.purpose += " replica";
    for (const auto& replica : endpoint.replicas()) to.add_address(replica, port);
    if (!endpoint.replica_discovery().empty()) to.add(Where::dns, endpoint.replica_discovery(), 0);
}

void collect_sentinels(const v1::RedisEndpoint& endpoint, Collector to) {
    auto& master = to.add(Where::master, or_else(endpoint.master_name(), endpoint.host()), 0);
    master.sentinels.assign(endpoint.nodes().begin(), endpoint.nodes().end());
    to.purpose += " Sentinel";
    for (const auto& node : endpoint.nodes()) to.add_address(node, sentinel_port);
}

void collect(const v1::RedisEndpoint& endpoint, Collector to) {
    const bool cluster = endpoint.mode() == v1::RedisEndpoint::CLUSTER;
    if (endpoint.mode() == v1::RedisEndpoint::SENTINEL) return collect_sentinels(endpoint, std::move(to));
    if (endpoint.mode() == v1::RedisEndpoint::SOCKET ||
        (endpoint.host().empty() && !endpoint.socket().empty())) {
        to.add(Where::socket, endpoint.socket(), 0);
    } else if (!endpoint.host().empty()) {
        to.add(Where::network, endpoint.host(), endpoint.port() == 0 ? redis_port : endpoint.port());
    } else if (!cluster || endpoint.nodes().empty()) {
        to.add(Where::dns, "(address not seen)", 0);
    }
    for (const auto& node : endpoint.nodes()) to.add_address(node, redis_port);
}

void collect_gitaly_address(std::string_view address, Collector& to) {
    constexpr std::string_view socket_scheme = "unix:";
    if (address.starts_with(socket_scheme)) {
        to.add(Where::socket, std::string(address.substr(socket_scheme.size())), 0);
    } else if (!address.empty()) {
        to.add_address(address, gitaly_port);
    } else {
        to.add(Where::dns, "(address not seen)", 0);
    }
}

void collect(const v1::GitalyEndpoint& endpoint, Collector to) {
    if (!endpoint.socket().empty()) {
        to.add(Where::socket, endpoint.socket(), 0);
    } else if (!endpoint.host().empty()) {
        to.add(Where::network, endpoint.host(), endpoint.port() == 0 ? gitaly_port : endpoint.port());
    } else {
        collect_gitaly_address(endpoint.address(), to);
    }
}

void collect(const v1::PraefectVirtualStorage& storage, Collector to) {
    const auto name = to.purpose;
    for (const auto& member : storage.nodes()) {
        to.purpose = name + ", " + member.storage();
        collect_gitaly_address(member.address(), to);
    }
}

}  // namespace

std::string_view kind_name(EndpointKind kind) {
    switch (kind) {
        case EndpointKind::postgresql:
            return "PostgreSQL";
        case EndpointKind::redis:
            return "Redis";
        case EndpointKind::gitaly:
            break;
    }
    return "Gitaly";
}

std::vector<EndpointUse> endpoint_uses(const FleetNode& node) {
    Uses uses;
    for (const auto& [endpoint, finding] :
         findings_of<&v1::Finding::has_postgres_endpoint, &v1::Finding::postgres_endpoint>(node)) {
        collect(*endpoint, {node, *finding, EndpointKind::postgresql, endpoint->purpose(), uses});
    }
    for (const auto& [endpoint, finding] :
         findings_of<&v1::Finding::has_redis_endpoint, &v1::Finding::redis_endpoint>(node)) {
        collect(*endpoint, {node, *finding, EndpointKind::redis, endpoint->purpose(), uses});
    }
    for (const auto& [endpoint, finding] :
         findings_of<&v1::Finding::has_gitaly_endpoint, &v1::Finding::gitaly_endpoint>(node)) {
        collect(*endpoint, {node, *finding, EndpointKind::gitaly, "storage " + endpoint->storage(), uses});
    }
    for (const auto& [storage, finding] :
         findings_of<&v1::Finding::has_praefect_virtual_storage, &v1::Finding::praefect_virtual_storage>(
             node)) {
        collect(*storage, {node, *finding, EndpointKind::gitaly, "virtual storage " + storage->name(), uses});
    }
    return uses;
}

HostPort split_address(std::string_view address, std::uint32_t usual_port) {
    if (const auto scheme = address.find("://"); scheme != std::string_view::npos) {
        const bool dns = address.substr(0, scheme) == "dns";
        address.remove_prefix(scheme + 3);
        // dns://resolver/host:port, the resolver mostly empty
        if (const auto slash = address.find('/'); dns && slash != std::string_view::npos)
            address.remove_prefix(slash + 1);
    }
    address = address.substr(0, address.find('/'));
    if (address.starts_with('[')) {
        const auto bracket = address.find(']');
        if (bracket == std::string_view::npos) return {};
        const auto rest = address.substr(bracket + 1);
        return {std::string(address.substr(1, bracket - 1)),
                rest.starts_with(':') ? port_of(rest.substr(1)) : usual_port};
    }
    const auto colon = address.find(':');
    const bool bare = colon == std::string_view::npos || colon != address.rfind(':');
    if (bare) return {std::string(address), usual_port};
    return {std::string(address.substr(0, colon)), port_of(address.substr(colon + 1))};
}

}  // namespace preflight::readiness
