// GitalyTargets: the Gitaly and Praefect servers that this node's services call, with the tokens they send,
// and those that this node runs itself.
#pragma once

#include <string>
#include <vector>

#include "model/secret.h"
#include "probes/endpoints_view.h"
#include "probes/node/dial.h"
#include "probes/parsed.h"

namespace preflight::probes {

struct GitalyTarget {
    std::string source;  // the file that names it
    Place place;
    bool tls = false;
    bool praefect = false;          // known to be one
    bool own = false;               // a listener of this node, which is called on this node
    bool by_praefect = false;       // it is Praefect that calls it
    std::vector<std::string> uses;  // "rails default", "praefect gitaly-1", "own listener"
    Secret token;                   // not present: none is sent
};

// One for each place and token, in the order of the configuration. What of the configuration cannot be read
// is a problem, or a gap of the view where a whole file cannot.
Parsed<GitalyTarget> gitaly_targets(const EndpointsView& view);

}  // namespace preflight::probes
