// disk_needs: the room that an upgrade takes on this node, and the room that is there, with the terms of the
// reckoning: for the package itself and for a new major version of the bundled PostgreSQL. Backups are the
// `backups` probe's.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe disk_needs;

}  // namespace preflight::probes
