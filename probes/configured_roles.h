// ConfiguredRoles: the roles that gitlab.rb gives this node, as the last reconfigure understood them or as it
// is written.
#pragma once

#include <string>
#include <vector>

#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct ConfiguredRoles {
    std::string source;              // empty: neither file is there
    std::vector<std::string> names;  // "application_role", sorted, each once
};

// The attributes JSON where a reconfigure finished, else gitlab.rb. A Problem when a file is there and cannot
// be read, or when gitlab.rb computes its roles or takes them from another file.
Result<ConfiguredRoles> read_configured_roles(const Node& node);

}  // namespace preflight::probes
