// Pgbouncer: the PgBouncer of this node: its version, backends and pools, by its own console.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe pgbouncer;

}  // namespace preflight::probes
