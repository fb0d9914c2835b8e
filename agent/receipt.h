// Receipt: what a probe's process cost the node, and all of them together: part by its own count, part by the
// kernel's.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "agent/probe_child.h"
#include "preflight/v1/inspection.pb.h"
#include "probes/node/descriptor.h"
#include "probes/node/tally.h"

namespace preflight::agent {

// In the probe's process: what only it can tell. Made before rights are given up: without them its file in
// /proc is closed to it.
class OwnCount {
  public:
    OwnCount();
    v1::Receipt receipt(const probes::Tally& tally) const;

  private:
    probes::Descriptor file_;
};

// In the runner: adds what the kernel says of a process that ended. `incomplete` where it has not told its
// part.
void settle(v1::Receipt& receipt, bool told, const std::optional<ProbeChild::End>& end,
            std::chrono::milliseconds took);

// Of an inspection: the sum of its probes', the largest memory, and its own time.
v1::Receipt sum_of(const std::vector<v1::ProbeRun>& runs, std::chrono::milliseconds took);

}  // namespace preflight::agent
