// certificates: those that GitLab's servers show and trust, with their expiry.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe certificates;

}  // namespace preflight::probes
