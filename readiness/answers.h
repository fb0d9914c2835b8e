// Answers: which reporting node a service's endpoint leads to, and whether something listens there by that
// node's configuration.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "readiness/endpoint_uses.h"

namespace preflight::readiness {

enum class Answer {
    heard,   // a server of the kind listens there by the node's configuration
    silent,  // the node is known, and nothing of the kind listens there
    unseen,  // the node is known, and what listens there could not be seen
    nobody,  // no reporting node
};

struct Answered {
    Answer answer = Answer::nobody;
    std::vector<std::string> by;  // names of nodes
};

Answered who_answers(const Fleet& fleet, const EndpointUse& use);

// Where the reporting Sentinels say that the Redis server of this name is.
struct Master {
    const FleetNode* sentinel = nullptr;
    std::string host;
    std::uint32_t port = 0;
};
std::vector<Master> masters_named(const Fleet& fleet, const std::string& name);

// The endpoint is on the node that uses it: a socket or a loopback address.
bool bound_to_node(const EndpointUse& use);

}  // namespace preflight::readiness
