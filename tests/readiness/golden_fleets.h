// Golden fleets: the invented instances whose whole reports lie in tests/reports.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "readiness/check.h"

namespace preflight::readiness {

struct GoldenFleet {
    std::string_view name;  // of its report: tests/reports/NAME.txtpb
    Fleet (*fleet)();
    std::string_view target;
};

const std::vector<GoldenFleet>& golden_fleets();

// golden_fleets_large.cc: instances of several nodes.
Fleet three_tier();
Fleet geo_pair();
Fleet half_upgraded();
Fleet end_of_life();

}  // namespace preflight::readiness
