// Zero downtime: whether a fleet may be upgraded while GitLab serves, condition by condition.
//
// The plan and the check go by the same answers. Pure; conditions come in the order in which they are listed
// in GitLab's documentation, site by site.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "readiness/check.h"
#include "readiness/plan/crew.h"
#include "readiness/plan/databases.h"
#include "readiness/route.h"

namespace preflight::readiness {

enum class Standing : std::uint8_t {
    met,
    unmet,
    unseen,      // what would meet it may be there: on a node that is missing, or not told
    for_person,  // no finding tells
};

struct ServingCondition {
    Standing standing = Standing::met;
    std::string says;      // why it is met or not, without a full stop: "there is one Praefect"
    std::string shown_by;  // what was seen of it: "Rails on web1, web2"; of a person's word who gave it
};

// What was worked out of the fleet already.
struct Serving {
    const Crew& crew;
    const Route& route;                             // known (is_known)
    const std::vector<DatabaseUpgrade>& databases;  // of the route
};

std::vector<ServingCondition> serving_conditions(const Fleet& fleet, const Upgrade& upgrade,
                                                 const Serving& serving, const v1::Knowledge& knowledge);

// Those that stand so, in their order.
std::vector<ServingCondition> standing_so(const std::vector<ServingCondition>& conditions, Standing standing);

}  // namespace preflight::readiness
