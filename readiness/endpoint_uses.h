// Endpoint use: one service of one node, and the PostgreSQL, Redis or Gitaly server that its configuration
// sends it to.
//
// Views into the fleet: they live no longer than it. Who answers there is for coverage.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "readiness/fleet.h"

namespace preflight::readiness {

enum class EndpointKind { postgresql, redis, gitaly };
std::string_view kind_name(EndpointKind kind);

struct EndpointUse {
    enum class Where {
        network,  // host and port
        socket,   // a socket of the node itself
        dns,      // `host` is a record that names servers only when it is asked
        master,   // `host` is the name under which Sentinels know the Redis server
    };
    const FleetNode* node = nullptr;
    const v1::Finding* finding = nullptr;
    EndpointKind kind = EndpointKind::postgresql;
    Where where = Where::network;
    std::string host;  // or the socket's path
    std::uint32_t port = 0;
    std::string purpose;
    std::vector<std::string> sentinels;  // of a master: "host:port" each
};

std::vector<EndpointUse> endpoint_uses(const FleetNode& node);

struct HostPort {
    std::string host;  // without brackets
    std::uint32_t port = 0;
};

// "10.6.0.91:8075", "[2001:db8::5]:8075", "2001:db8::5", "gitaly1"; also behind "tcp://", "tls://", "dns:///"
// and "dns://resolver/". A port that is none becomes 0.
HostPort split_address(std::string_view address, std::uint32_t usual_port);

}  // namespace preflight::readiness
