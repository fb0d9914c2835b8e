// Route: the path that this fleet has to take: what of the conditional stops its findings decide, and the
// hops one by one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "readiness/condition.h"
#include "readiness/path.h"
#include "readiness/shared_list.h"

namespace preflight::readiness {

// One hop: what is installed before it, and what after.
struct Leg {
    Version from;
    Version to;
};

// A conditional stop that lies on the way, and what the findings say of its condition.
struct OpenStop {
    const v1::Stop* stop = nullptr;
    Decided decided;
};

struct Route {
    std::optional<Version> from;  // lowest version that runs; nothing: not seen, and there are no hops
    Path path{Path::Kind::below_knowledge, {}, {}};
    std::vector<Leg> legs;
    SharedList<OpenStop> conditional;  // in order of version; those that fail are not on the path
};

Route find_route(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge);

// Are the hops known, or is there none to make? Else nothing can be said of what lies on the way.
bool is_known(const Route& route);

// Does it begin below `version`, and end at or above it?
bool crosses(const Leg& leg, const Version& version);

// "18.8.11 → 18.11.11"
std::string leg_text(const Leg& leg);

}  // namespace preflight::readiness
