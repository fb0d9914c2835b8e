// Crew sites: of which Geo site each node of a fleet is, by its own files or by those of its site that use
// it.
#pragma once

#include <string>
#include <vector>

#include "readiness/fleet.h"

namespace preflight::readiness {

struct NodeSite {
    bool known = false;
    bool secondary = false;
    std::string name;
};

struct NodeSites {
    bool geo = false;          // some node is of a site
    std::vector<NodeSite> of;  // in order of the fleet's nodes
};

// A Gitaly, a Redis or a Consul server says nothing of Geo: it is of the site whose nodes are configured to
// use it, where that is one.
NodeSites sites_by_node(const Fleet& fleet);

}  // namespace preflight::readiness
