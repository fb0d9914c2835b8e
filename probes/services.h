// services: what the supervisor runs here, and what that makes the node.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe services;

}  // namespace preflight::probes
