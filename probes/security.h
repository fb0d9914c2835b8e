// security: SELinux's mode, and whether the kernel runs in FIPS mode.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe security;

}  // namespace preflight::probes
