// ServiceRoles: what the enabled services make of a node.
#pragma once

#include <set>
#include <string>

#include "preflight/v1/finding.pb.h"

namespace preflight::probes {

// By the services' names as they are supervised. Exporters alone make no monitoring node, and nginx alone
// nothing.
std::set<v1::NodeRoles::Role> roles_of(const std::set<std::string>& enabled_services);

}  // namespace preflight::probes
