// Coverage: every PostgreSQL, Redis and Gitaly endpoint that the instance uses, and whether a reporting node
// answers there.
//
// Views into the fleet: they live no longer than it.
#pragma once

#include <string>
#include <vector>

#include "readiness/check.h"
#include "readiness/endpoint_uses.h"

namespace preflight::readiness {

struct Endpoint {
    enum class Answer {
        heard,   // a server of the kind listens there by the node's configuration
        silent,  // the node is known, and nothing of the kind listens there
        unseen,  // the node is known, and what listens there could not be seen
        nobody,  // no reporting node
    };
    v1::EndpointCoverage coverage;
    std::vector<EndpointUse> uses;
    Answer answer = Answer::nobody;
};

// In order of kind and address. An endpoint is EXTERNAL when `external` declares its host or host:port and no
// node that reports listens there.
std::vector<Endpoint> endpoints_of(const Fleet& fleet, const std::vector<std::string>& external);

}  // namespace preflight::readiness
