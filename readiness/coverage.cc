#include "readiness/coverage.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "readiness/node_match.h"
#include "readiness/survey.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Where = EndpointUse::Where;

std::string with_port(const std::string& host, std::uint32_t port) {
    const auto name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == 0 ? name : name + ":" + std::to_string(port);
}

std::string address_of(const EndpointUse& use) {
    const auto host = clipped(host_key(use.host), 255);
    switch (use.where) {
        case Where::socket:
            return node_name(*use.node) + ":" + clipped(use.host, 255);
        case Where::dns:
            return host + (host.starts_with('(') ? "" : " (DNS)");
        case Where::master:
            return host + " (by Sentinel)";
        case Where::network:
            break;
    }
    const auto address = with_port(host, use.port);
    return is_loopback(use.host) ? node_name(*use.node) + " " + address : address;
}

bool declared(const std::string& host, std::uint32_t port, const std::vector<std::string>& external) {
    return std::ranges::any_of(external, [&](const std::string& entry) {
        const auto [declared_host, declared_port] = split_address(entry, 0);
        return !declared_host.empty() && host_key(declared_host) == host_key(host) &&
               (declared_port == 0 || declared_port == port);
    });
}

// A master is someone else's where all that is known of it is: its Sentinels, or what they name.
bool is_external_master(const Fleet& fleet, const EndpointUse& use,
                        const std::vector<std::string>& external) {
    const auto masters = masters_named(fleet, use.host);
    const bool servers = !masters.empty() && std::ranges::all_of(masters, [&](const Master& master) {
        return declared(master.host, master.port, external);
    });
    return servers ||
           (!use.sentinels.empty() && std::ranges::all_of(use.sentinels, [&](const std::string& sentinel) {
               const auto [host, port] = split_address(sentinel, 26379);
               return declared(host, port, external);
           }));
}

bool is_external(const Fleet& fleet, const EndpointUse& use, const std::vector<std::string>& external) {
    if (bound_to_node(use)) return false;
    if (declared(use.host, use.port, external)) return true;
    return use.where == Where::master && is_external_master(fleet, use, external);
}

Endpoint endpoint_of(const Fleet& fleet, const std::vector<std::string>& external,
                     std::vector<EndpointUse> uses) {
    Endpoint endpoint;
    std::set<std::string> purposes;
    std::set<std::string> users;
    for (const auto& use : uses) {
        purposes.insert(clipped(use.purpose, 120));
        users.insert(node_name(*use.node));
    }
    const auto& use = uses.front();
    const auto answered = who_answers(fleet, use);
    auto& coverage = endpoint.coverage;
    coverage.set_kind(std::string(kind_name(use.kind)));
    coverage.set_address(address_of(use));
    coverage.mutable_purposes()->Add(purposes.begin(), purposes.end());
    coverage.mutable_used_by()->Add(users.begin(), users.end());
    endpoint.answer = answered.answer;
    if (answered.answer != Answer::heard && is_external(fleet, use, external)) {
        coverage.set_state(v1::EndpointCoverage::EXTERNAL);
        endpoint.answer = Answer::nobody;
    } else {
        const bool covered = answered.answer == Answer::heard;
        coverage.set_state(covered ? v1::EndpointCoverage::COVERED : v1::EndpointCoverage::NOT_COVERED);
        coverage.set_answered_by(listed(answered.by));
        endpoint.by = answered.by;
    }
    endpoint.uses = std::move(uses);
    return endpoint;
}

}  // namespace

SharedList<Endpoint> endpoints_of(const Fleet& fleet, const std::vector<std::string>& external) {
    if (fleet.survey && fleet.survey->endpoints) return *fleet.survey->endpoints;
    std::map<std::tuple<EndpointKind, std::string>, std::vector<EndpointUse>> by_address;
    for (const auto& node : fleet.nodes) {
        for (auto& use : endpoint_uses(node)) {
            // The node's name is part of a local address, so two nodes' sockets stay two.
            by_address[{use.kind, address_of(use)}].push_back(std::move(use));
        }
    }
    std::vector<Endpoint> endpoints;
    endpoints.reserve(by_address.size());
    for (auto& [key, uses] : by_address) endpoints.push_back(endpoint_of(fleet, external, std::move(uses)));
    return SharedList(std::move(endpoints));
}

}  // namespace preflight::readiness
