// Rolling: the steps of one hop while GitLab serves, node by node in the order that GitLab documents for
// that.
#pragma once

#include <string>
#include <vector>

#include "readiness/plan/undertaking.h"

namespace preflight::readiness {

// Why it cannot be done so, in sentences; empty: nothing that was seen speaks against it.
std::vector<std::string> against_rolling(const Undertaking& work);

void write_rolling(Writer& writer, const Undertaking& work, std::size_t leg);

}  // namespace preflight::readiness
