// Rolling: the steps of one hop while GitLab serves, node by node in the order that GitLab documents for
// that. Whether it may be done so is decided before (readiness/zero_downtime.h).
#pragma once

#include "readiness/plan/remedies.h"
#include "readiness/plan/undertaking.h"

namespace preflight::readiness {

// Of the remedies those that are done in the window.
void write_rolling(Writer& writer, const Undertaking& work, const Remedies& remedies, std::size_t leg);

}  // namespace preflight::readiness
