// Rolling: the steps of one hop while GitLab serves, node by node in the order that GitLab documents for
// that. Whether it may be done so is decided before (readiness/zero_downtime.h).
#pragma once

#include "readiness/plan/undertaking.h"

namespace preflight::readiness {

void write_rolling(Writer& writer, const Undertaking& work, std::size_t leg);

}  // namespace preflight::readiness
