// ConfigurationState: whether what people wrote into /etc/gitlab is what runs, and which marker files change
// what the package does at an upgrade.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

// Marker files in /etc/gitlab, each with its effect.
void look_at_marker_files(const Node& node, Findings& out);

// Whether the last reconfigure came to its end, and whether somebody edited the configuration after it. A
// node without attributes JSON was never configured: nothing to say.
void look_at_applied_configuration(const Node& node, Findings& out);

}  // namespace preflight::probes
