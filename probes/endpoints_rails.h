// EndpointsOfRails: the databases, Redis servers and Gitaly storages that Rails on this node is told to use.
#pragma once

#include "probes/endpoints_view.h"

namespace preflight::probes {

// Rendered files first. Where one cannot be read on a node with Rails, that is a gap, and the attributes say
// what they know. A node without Rails gives nothing at all.
void look_at_rails(const EndpointsView& view);

}  // namespace preflight::probes
