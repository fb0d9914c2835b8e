#include "readiness/node_match.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "readiness/survey.h"

namespace preflight::readiness {
namespace {

bool is_address(const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

bool is_wildcard(const std::string& address) {
    return address.empty() || address == "0.0.0.0" || address == "::" || address == "*";
}

// A name that every machine has means none.
bool says_nothing(const std::string& key) { return key.empty() || is_wildcard(key) || is_loopback(key); }

bool is_of_kind(const std::string& service, EndpointKind kind) {
    switch (kind) {
        case EndpointKind::postgresql:
            return service == "postgresql" || service == "geo-postgresql" || service == "pgbouncer";
        case EndpointKind::redis:
            return service == "redis" || service == "sentinel";
        case EndpointKind::gitaly:
            break;
    }
    return service == "gitaly" || service == "praefect";
}

// Does something that listens on `address` hear what is sent to `host` of this node?
bool hears(const FleetNode& node, const std::string& address, const std::string& host) {
    if (is_wildcard(address) || address == host) return true;
    if (is_loopback(address) || is_loopback(host)) return is_loopback(address) && is_loopback(host);
    // A name may stand for any of the node's addresses; an address stands for itself.
    return !is_address(host) && goes_by(node, address);
}

}  // namespace

std::string host_key(std::string_view host) {
    std::string key(host);
    if (key.starts_with('[') && key.ends_with(']')) key = key.substr(1, key.size() - 2);
    if (key.ends_with('.')) key.pop_back();
    std::ranges::transform(key, key.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    if (key.find(':') == std::string::npos) return key;
    in6_addr bytes{};
    std::array<char, INET6_ADDRSTRLEN> shortest{};
    if (inet_pton(AF_INET6, key.c_str(), &bytes) != 1) return key;
    return inet_ntop(AF_INET6, &bytes, shortest.data(), shortest.size()) == nullptr ? key : shortest.data();
}

bool is_loopback(std::string_view host) {
    // Most hosts are seen not to be one by their first letter.
    constexpr std::string_view first_letters = "lL1:0[";
    if (host.empty() || first_letters.find(host.front()) == std::string_view::npos) return false;
    const auto key = host_key(host);
    return key == "localhost" || key == "::1" || (key.starts_with("127.") && is_address(key));
}

std::vector<std::string> host_keys(const FleetNode& node) {
    std::vector<std::string> keys;
    const auto take = [&keys](std::string_view host) {
        auto key = host_key(host);
        if (!says_nothing(key)) keys.push_back(std::move(key));
    };
    take(node.inspection.node().name());
    for (const auto& [here, finding] : findings_of<&v1::Finding::has_host, &v1::Finding::host>(node)) {
        take(here->name());
        take(here->fqdn());
        for (const auto& address : here->addresses()) take(address);
    }
    for (const auto& [member, finding] :
         findings_of<&v1::Finding::has_patroni_member, &v1::Finding::patroni_member>(node)) {
        take(split_address(member->connect_address(), 0).host);
    }
    for (const auto& [listener, finding] :
         findings_of<&v1::Finding::has_listener, &v1::Finding::listener>(node)) {
        take(listener->address());
    }
    return keys;
}

bool goes_by(const FleetNode& node, std::string_view host) {
    const auto keys = host_keys(node);
    return std::ranges::find(keys, host_key(host)) != keys.end();
}

Hosts::Hosts(const Fleet& fleet) {
    for (const auto& node : fleet.nodes) {
        for (auto& key : host_keys(node)) {
            auto& nodes = nodes_[std::move(key)];
            if (nodes.empty() || nodes.back() != &node) nodes.push_back(&node);
        }
    }
}

const std::vector<const FleetNode*>& Hosts::going_by(std::string_view host) const {
    static const std::vector<const FleetNode*> none;
    const auto found = nodes_.find(host_key(host));
    return found == nodes_.end() ? none : found->second;
}

std::shared_ptr<const Hosts> hosts_of(const Fleet& fleet) {
    if (fleet.survey && fleet.survey->hosts) return fleet.survey->hosts;
    return std::make_shared<const Hosts>(fleet);
}

SharedList<std::string> not_there(const Fleet& fleet, const std::vector<std::string>& expected) {
    if (expected.empty()) return {};
    if (fleet.survey && fleet.survey->missing) return *fleet.survey->missing;
    const auto hosts = hosts_of(fleet);
    std::vector<std::string> missing;
    std::ranges::copy_if(expected, std::back_inserter(missing),
                         [&](const std::string& name) { return hosts->going_by(name).empty(); });
    return SharedList(std::move(missing));
}

bool listens(const FleetNode& node, EndpointKind kind, std::string_view host, std::uint32_t port) {
    const auto found = findings_of<&v1::Finding::has_listener, &v1::Finding::listener>(node);
    return std::ranges::any_of(found, [&](const auto& entry) {
        const auto& listener = *entry.first;
        return listener.socket().empty() && listener.port() == port && is_of_kind(listener.service(), kind) &&
               hears(node, host_key(listener.address()), host_key(host));
    });
}

std::vector<std::string> sockets_of(const FleetNode& node, EndpointKind kind) {
    std::vector<std::string> sockets;
    for (const auto& [listener, finding] :
         findings_of<&v1::Finding::has_listener, &v1::Finding::listener>(node)) {
        if (listener->socket().empty() || !is_of_kind(listener->service(), kind)) continue;
        sockets.push_back(listener->socket());
    }
    return sockets;
}

}  // namespace preflight::readiness
