// endpoints: every PostgreSQL, Redis and Gitaly endpoint that services of this node use, and what it serves
// itself.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe endpoints;

}  // namespace preflight::probes
