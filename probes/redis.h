// redis: each Redis server and Sentinel that services of this node use, and those that it runs itself, asked
// live.
#pragma once

#include "probes/node/dial.h"
#include "probes/probe.h"

namespace preflight::probes {

extern const Probe redis;

// The probe's look, with waits of the caller's choice.
void look_at_redis_servers(const Node& node, const DialLimits& limits, Findings& out);

}  // namespace preflight::probes
