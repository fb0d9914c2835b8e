// ProbeProcess: what runs in a probe's own process: `gitlab-preflight-agent probe NAME`.
//
// Reads a v1::ProbeRequest as one frame from standard input, gives up what the probe does not need, looks,
// and writes each finding as one frame to standard output, last of all its receipt. Never started by hand.
#pragma once

#include <span>
#include <string_view>

#include "probes/probe.h"

namespace preflight::agent {

inline constexpr int rights_not_dropped = 70;

// The process's exit status: 0 the probe ended by itself; 64 no such probe or no request; 70 rights or root
// could not be prepared. An exception leaves it: a bug of ours, which the parent sees as a crash.
int run_probe_process(std::string_view name, std::span<const probes::Probe> catalog);

}  // namespace preflight::agent
