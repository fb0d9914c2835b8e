// Misbehaving probes: one for each way in which a probe's process can go wrong.
#pragma once

#include <span>

#include "probes/probe.h"

namespace preflight::agent {

std::span<const probes::Probe> misbehaving_probes();

}  // namespace preflight::agent
