// Order back: which nodes of a site go back to the version of before together, and which before others.
#pragma once

#include <vector>

#include "readiness/plan/crew.h"

namespace preflight::readiness {

struct GroupBack {
    Place place = Place::other;
    PlanNodes nodes;          // that of them which leads, or holds the master, last
    bool one_by_one = false;  // members of a cluster, or servers of Consul, are among them
};

// Those that use others before these; of a cluster's members those first that only follow, at whatever place.
std::vector<GroupBack> order_back(const PlanSite& site);

// Of any nodes: those that lead, or hold a master, behind the others.
PlanNodes leaders_last(PlanNodes nodes);

}  // namespace preflight::readiness
