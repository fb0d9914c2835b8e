// consul: the Consul agent of this node, asked without a token.
#pragma once

#include "probes/node/dial.h"
#include "probes/probe.h"

namespace preflight::probes {

extern const Probe consul;

// The probe's look, with waits of the caller's choice.
void look_at_consul(const Node& node, const DialLimits& limits, Findings& out);

}  // namespace preflight::probes
