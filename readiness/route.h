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

// The first leg that crosses `version`: begins below it and ends at or above it.
const Leg* crossing(const Route& route, const Version& version);
// The first leg that ends within one of the intervals.
const Leg* landing(const Route& route,
                   const google::protobuf::RepeatedPtrField<v1::VersionInterval>& intervals);

// "18.8.11 → 18.11.11"
std::string leg_text(const Leg& leg);

}  // namespace preflight::readiness
