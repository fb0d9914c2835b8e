// secrets: the files without which a backup cannot be restored: there, readable by whom, whole; never a
// value.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe secrets;

}  // namespace preflight::probes
