// Mermaid: the architecture as a text that GitLab draws.
//
// Names come from nodes: whatever stands in them, the text stays one flowchart and says nothing but that
// name.
#pragma once

#include <string>
#include <string_view>

#include "preflight/v1/architecture.pb.h"

namespace preflight::readiness {

// One box for each node. Where these would be more than a person can look through, one for the nodes of one
// site with the same roles.
std::string mermaid_of(const v1::Architecture& architecture);

// The text as it stands between quotes: letters, digits and a few marks as they are, all else as #NUMBER; of
// its code point.
std::string mermaid_text(std::string_view text);

}  // namespace preflight::readiness
