// Server kinds: what is to be known of each component's servers before any is looked for: who tells of them,
// which nodes use them, which run them.
#pragma once

#include <string_view>
#include <vector>

#include "preflight/v1/condition.pb.h"
#include "readiness/fleet.h"

namespace preflight::readiness {

struct ServerKind {
    v1::ServerIs::Component component;
    std::string_view name;
    std::string_view probe;
    std::vector<std::string_view> reach;       // kinds of Reach that the probe tells
    std::vector<v1::NodeRoles::Role> users;    // whose nodes use one
    std::vector<v1::NodeRoles::Role> servers;  // whose nodes run one
    bool needed;                               // no GitLab goes without
};

const ServerKind& server_kind(v1::ServerIs::Component component);

// Does the node use such a server, or might it? One that does not say what it is might use any.
bool could_use(const FleetNode& node, v1::ServerIs::Component component);

// Does the node run such a server of the package's? On a loopback address a proxy to another host may listen.
bool serves(const FleetNode& node, v1::ServerIs::Component component);

// No GitLab goes without one.
bool needs_one(v1::ServerIs::Component component);

}  // namespace preflight::readiness
