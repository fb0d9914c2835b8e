// ReachReport: how far a connection came, as a finding; what kept none but us from it is a gap.
#pragma once

#include <string_view>

#include "preflight/v1/server.pb.h"
#include "probes/probe.h"

namespace preflight::probes {

// A failed `reach` without a layer (a socket or a file that is closed to the agent) says nothing against the
// server: GitLab may well get through. Nor does one that the end of our own time cut short.
void report_reach(const v1::Reach& reach, std::string_view affects, Findings& out);

}  // namespace preflight::probes
