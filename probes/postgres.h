// Postgres: the PostgreSQL servers that this node's services use: how they are reached, what they are, and
// what GitLab's own tables say.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe postgres;

}  // namespace preflight::probes
