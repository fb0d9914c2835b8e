// Coverage: every PostgreSQL, Redis and Gitaly endpoint that the instance uses, and whether a reporting node
// answers there.
//
// Views into the fleet: they live no longer than it.
#pragma once

#include <string>
#include <vector>

#include "readiness/answers.h"
#include "readiness/check.h"
#include "readiness/endpoint_uses.h"
#include "readiness/shared_list.h"

namespace preflight::readiness {

struct Endpoint {
    v1::EndpointCoverage coverage;
    std::vector<EndpointUse> uses;
    Answer answer = Answer::nobody;
    std::vector<std::string> by;  // the nodes of answered_by
};

// In order of kind and address. An endpoint is COVERED only when something listens there by a reporting
// node's configuration; of one that is NOT_COVERED, answered_by is the node that goes by the address.
// EXTERNAL: `external` declares its host or host:port, and no node that reports listens there.
SharedList<Endpoint> endpoints_of(const Fleet& fleet, const std::vector<std::string>& external);

}  // namespace preflight::readiness
