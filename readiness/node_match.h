// Node match: which node of the fleet a host name or address means, and whether that node listens on a port.
//
// By what the nodes say of themselves; no name is looked up.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "readiness/endpoint_uses.h"
#include "readiness/fleet.h"
#include "readiness/shared_list.h"

namespace preflight::readiness {

// One spelling for one host: lower case, no brackets, no final dot, IPv6 in its shortest form.
std::string host_key(std::string_view host);

bool is_loopback(std::string_view host);

// Its names, FQDN and addresses, as host_key() writes them; one may be there twice.
std::vector<std::string> host_keys(const FleetNode& node);
// The node has this name, FQDN or address.
bool goes_by(const FleetNode& node, std::string_view host);

// Which nodes go by which host. Views into the fleet.
class Hosts {
  public:
    explicit Hosts(const Fleet& fleet);
    // In order of the fleet.
    const std::vector<const FleetNode*>& going_by(std::string_view host) const;

  private:
    std::unordered_map<std::string, std::vector<const FleetNode*>> nodes_;
};

std::shared_ptr<const Hosts> hosts_of(const Fleet& fleet);

// Those of the expected nodes, as they were written, by whose name, FQDN or address no node goes.
// Of a fleet with a survey they are those of its upgrade.
SharedList<std::string> not_there(const Fleet& fleet, const std::vector<std::string>& expected);

// A server of this kind listens on the node where `host` and `port` lead; `host` may be a loopback for the
// node itself.
bool listens(const FleetNode& node, EndpointKind kind, std::string_view host, std::uint32_t port);

// The sockets on which servers of this kind listen by the node's configuration.
std::vector<std::string> sockets_of(const FleetNode& node, EndpointKind kind);

}  // namespace preflight::readiness
