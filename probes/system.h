// system: operating system, host and the filesystems under GitLab's paths.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe system;

}  // namespace preflight::probes
