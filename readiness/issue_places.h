// Issue places: where on a route a known issue bites, and whether the way only passes there.
#pragma once

#include <string>
#include <vector>

#include "preflight/v1/knowledge.pb.h"
#include "readiness/route.h"

namespace preflight::readiness {

struct IssuePlace {
    std::string text;          // "at the hop 18.8.11 → 18.11.11"
    const Leg* leg = nullptr;  // of the route; nullptr: where the upgrade begins
    // The issue harms who stays there, no other patch of the stop is free of it, and the way goes on.
    bool passing = false;
};

// Those that are only passed come last, else in order of the route. Empty: it bites nowhere.
std::vector<IssuePlace> places_of(const v1::KnownIssue& issue, const Route& route,
                                  const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
