// settings: what gitlab.rb, the files that it takes in and a container's variable set, by key; what the last
// reconfigure made of it; and where the two differ. Values only where they can be no secret.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe settings;

}  // namespace preflight::probes
