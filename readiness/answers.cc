#include "readiness/answers.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "readiness/node_match.h"

namespace preflight::readiness {
namespace {

using Where = EndpointUse::Where;

bool blind(const FleetNode& node) { return !gaps_of(node, "endpoints").empty(); }

// Several nodes may go by one host (a floating address); those that listen count before those that do not.
Answered ask(const std::vector<const FleetNode*>& nodes, EndpointKind kind, const std::string& host,
             std::uint32_t port) {
    std::map<Answer, std::vector<std::string>> found;
    for (const auto* node : nodes) {
        const auto answer = listens(*node, kind, host, port) ? Answer::heard
                            : blind(*node)                   ? Answer::unseen
                                                             : Answer::silent;
        found[answer].push_back(node_name(*node));
    }
    for (const auto answer : {Answer::heard, Answer::unseen, Answer::silent}) {
        if (found.contains(answer)) return {answer, found[answer]};
    }
    return {};
}

Answered ask_fleet(const Fleet& fleet, EndpointKind kind, const std::string& host, std::uint32_t port) {
    auto nodes = hosts_of(fleet)->going_by(host);
    std::erase_if(nodes, [](const FleetNode* node) { return !inspected(*node); });
    return ask(nodes, kind, host, port);
}

// The path of the socket itself; libpq is given its directory. Empty where the configuration leaves it to
// libpq.
std::string socket_path(const EndpointUse& use) {
    if (use.kind != EndpointKind::postgresql) return use.host;
    if (!use.host.starts_with('/')) return {};
    const auto directory = use.host.ends_with('/') ? use.host.substr(0, use.host.size() - 1) : use.host;
    return directory + "/.s.PGSQL." + std::to_string(use.port);
}

bool is_service_of_kind(std::string_view name, EndpointKind kind) {
    switch (kind) {
        case EndpointKind::postgresql:
            return name == "postgresql" || name == "patroni";
        case EndpointKind::redis:
            return name == "redis";
        case EndpointKind::gitaly:
            break;
    }
    return name == "gitaly" || name == "praefect";
}

// The package's own server of this kind is switched on. Data of PostgreSQL may have been left behind: without
// the services they say neither that it is there nor that it is not.
Answer by_services(const FleetNode& node, EndpointKind kind) {
    const auto services = findings_of<&v1::Finding::has_service, &v1::Finding::service>(node);
    const bool enabled = std::ranges::any_of(services, [kind](const auto& entry) {
        return entry.first->enabled() && is_service_of_kind(entry.first->name(), kind);
    });
    if (enabled) return Answer::heard;
    const bool data =
        kind == EndpointKind::postgresql && services.empty() &&
        !findings_of<&v1::Finding::has_postgres_server, &v1::Finding::postgres_server>(node).empty();
    return data || blind(node) ? Answer::unseen : Answer::silent;
}

Answered ask_socket(const EndpointUse& use) {
    const auto& node = *use.node;
    const auto sockets = sockets_of(node, use.kind);
    const auto path = socket_path(use);
    if (sockets.empty()) return {by_services(node, use.kind), {node_name(node)}};
    const bool heard = path.empty() || std::ranges::find(sockets, path) != sockets.end();
    return {heard ? Answer::heard : blind(node) ? Answer::unseen : Answer::silent, {node_name(node)}};
}

// Sentinels that differ (one was not reached in a failover) name several servers: the worst answer counts.
Answered ask_master(const Fleet& fleet, const EndpointUse& use) {
    std::vector<Answered> all;
    for (const auto& [sentinel, host, port] : masters_named(fleet, use.host)) {
        all.push_back(is_loopback(host) ? ask({sentinel}, use.kind, host, port)
                                        : ask_fleet(fleet, use.kind, host, port));
    }
    const auto worst = std::ranges::max_element(all, {}, &Answered::answer);
    return worst == all.end() ? Answered{} : *worst;
}

}  // namespace

bool bound_to_node(const EndpointUse& use) {
    return use.where == Where::socket || (use.where == Where::network && is_loopback(use.host));
}

std::vector<Master> masters_named(const Fleet& fleet, const std::string& name) {
    std::vector<Master> masters;
    for (const auto& node : fleet.nodes) {
        if (!inspected(node)) continue;
        for (const auto& [listener, finding] :
             findings_of<&v1::Finding::has_listener, &v1::Finding::listener>(node)) {
            for (const auto& master : listener->masters()) {
                if (master.name() == name) masters.push_back({&node, master.host(), master.port()});
            }
        }
    }
    return masters;
}

Answered who_answers(const Fleet& fleet, const EndpointUse& use) {
    switch (use.where) {
        case Where::dns:
            return {};
        case Where::socket:
            return ask_socket(use);
        case Where::master:
            return ask_master(fleet, use);
        case Where::network:
            break;
    }
    return bound_to_node(use) ? ask({use.node}, use.kind, use.host, use.port)
                              : ask_fleet(fleet, use.kind, use.host, use.port);
}

}  // namespace preflight::readiness
