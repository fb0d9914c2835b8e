// installation: how GitLab came onto this node, which version and edition, and whether it is whole and
// configured.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe installation;

}  // namespace preflight::probes
