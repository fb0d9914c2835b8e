// System moves: where on a path a node has to go to another operating system, because packages for its own
// end, and which systems both versions have.
//
// Views into fleet and knowledge: they live no longer than those.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "readiness/installed.h"
#include "readiness/path.h"
#include "readiness/support.h"

namespace preflight::readiness {

struct SystemMove {
    const v1::OperatingSystemSupport* from = nullptr;
    // Any of them will do. Empty: no system that follows it has packages before and after; moves end here.
    std::vector<const v1::OperatingSystemSupport*> to;
    std::size_t hop = 0;   // of the path: the move is made before it
    Version at;            // of GitLab, that is installed then on both systems
    bool rebuild = false;  // the C library sorts text anew, or it is not known that it does not
};

// What decides the way of one node.
struct SystemWay {
    const v1::OperatingSystemSupport* support = nullptr;
    Build build;
    v1::Edition edition = v1::EDITION_UNSPECIFIED;  // unset: any will do
    std::string glibc;              // as the node says; empty: as the knowledge has it of its system
    std::vector<Version> versions;  // that it runs, and then that of each hop from `first_hop` on
    std::size_t first_hop = 0;
};

// In order. The system that runs is taken to have packages of what runs. Each move is made as late as may be
// and to the systems that carry farthest; of several, the ones after it go on from the one that it names.
std::vector<SystemMove> system_moves(const SystemWay& way, const v1::Knowledge& knowledge);

// Those of a node with GitLab's package over these hops; none where its system or its version is not known.
// `wanted`: the edition that it is to become; unset: it keeps its own.
std::vector<SystemMove> moves_of(const Installed& installed, const std::vector<v1::Hop>& hops,
                                 v1::Edition wanted, const v1::Knowledge& knowledge);

// "between hop 2 (18.11.11) and hop 3 (19.2.4): move to Ubuntu 22.04 or Ubuntu 24.04"
std::string move_text(const SystemMove& move, const std::vector<v1::Hop>& hops);
// "Ubuntu 22.04 or Ubuntu 24.04"
std::string systems_text(const SystemMove& move);

// Tells each hop which nodes have to move before it.
void add_moves(std::vector<v1::Hop>& hops, const Fleet& fleet, v1::Edition wanted,
               const v1::Knowledge& knowledge);
// The same without a fleet: of every system that has packages of `from`, and not of all hops.
void add_moves(std::vector<v1::Hop>& hops, const Version& from, v1::Edition edition,
               const v1::Knowledge& knowledge);

// May PostgreSQL's data lie on this node? One that does not say what it is may hold them.
bool may_hold_database(const FleetNode& node);

}  // namespace preflight::readiness
