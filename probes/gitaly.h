// Gitaly: the probe of the Gitaly and Praefect servers that this node uses or runs: whether they answer, and
// what they say of themselves.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe gitaly;

}  // namespace preflight::probes
