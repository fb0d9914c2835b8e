// geo: the Geo role of this node, and which file says so.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe geo;

}  // namespace preflight::probes
