// GitlabPresence: whether GitLab, and its Rails part, is on a node at all: what is missing elsewhere is no
// gap.
#pragma once

#include <string_view>

#include "probes/node/node.h"

namespace preflight::probes {

// A package, a container's image, a self-compiled root, or the configuration or data of one of them.
bool has_gitlab(const Node& node);

// The package was configured here at least once: what reconfigure writes must be there.
bool has_configured_package(const Node& node);

// Puma or Sidekiq is enabled, or gitlab.yml was rendered.
bool has_rails(const Node& node);

// Whether the configuration of this service counts. A disabled service leaves its files behind; where there
// is no supervisor (containers, self-compiled), being there is enough.
bool serves(const Node& node, std::string_view service);

}  // namespace preflight::probes
