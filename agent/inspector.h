// Inspector: the privileged half of the service. Starts probes when asked and hands on their records; no
// network, no spool.
//
// A process of its own (`gitlab-preflight-agent inspector`), started by the service before it gives up its
// rights. Speaks v1::InspectorRequest and v1::InspectorReply with it over descriptor 3 and ends when that
// ends.
#pragma once

#include <filesystem>
#include <span>

#include "agent/runner.h"

namespace preflight::agent {

// Serves requests on `descriptor` until its end; one inspection at a time, further requests wait. Exit
// status.
int run_inspector(int descriptor, v1::Node node, const RunnerOptions& options,
                  std::span<const probes::Probe> probes);

}  // namespace preflight::agent
