#include "probes/reach_report.h"

namespace preflight::probes {

void report_reach(const v1::Reach& reach, std::string_view affects, Findings& out) {
    if (!reach.reached() && reach.failed_at() == v1::Reach::LAYER_UNSPECIFIED)
        return out.gap({v1::Gap::DENIED, reach.address(), reach.detail()}, affects);
    if (!reach.reached() && reach.cut_short())
        return out.gap({v1::Gap::TIMED_OUT, reach.address(), reach.detail()}, affects);
    *out.add(reach.address()).mutable_reach() = reach;
}

}  // namespace preflight::probes
