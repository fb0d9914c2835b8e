// Way back: what leads back from each hop of a route, and whether it is proved to be there.
#pragma once

#include "preflight/v1/way_back.pb.h"
#include "readiness/check.h"
#include "readiness/route.h"

namespace preflight::readiness {

// `told`: the report as far as it is made, its verdicts above all, which the needs go by. Where it has a
// plan, the point of no return is a step of it.
v1::WayBack make_way_back(const Fleet& fleet, const Upgrade& upgrade, const Route& route,
                          const v1::Knowledge& knowledge, const v1::Report& told);

}  // namespace preflight::readiness
