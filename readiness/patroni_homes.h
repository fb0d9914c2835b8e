// PatroniHomes: which node a member of a Patroni cluster runs on.
//
// Views into the fleet: they live no longer than it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "readiness/fleet.h"
#include "readiness/node_match.h"

namespace preflight::readiness {

class PatroniHomes {
  public:
    explicit PatroniHomes(const Fleet& fleet);

    // By its address, else by the name that the node gave it; nullptr where that is not one node alone.
    const FleetNode* of(const v1::PatroniCluster& cluster, const v1::PatroniCluster::Member& member) const;

  private:
    std::shared_ptr<const Hosts> hosts_;
    std::map<std::pair<std::string, std::string>, std::set<const FleetNode*>> by_name_;  // scope, member
};

}  // namespace preflight::readiness
