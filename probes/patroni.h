// patroni: the Patroni of this node, asked for itself and for its cluster.
#pragma once

#include "probes/node/dial.h"
#include "probes/probe.h"

namespace preflight::probes {

extern const Probe patroni;

// The probe's look, with waits of the caller's choice.
void look_at_patroni(const Node& node, const DialLimits& limits, Findings& out);

}  // namespace preflight::probes
