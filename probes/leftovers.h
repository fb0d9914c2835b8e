// Leftovers: what earlier upgrades and components that are gone left on the node: room that can be had, and
// reasons for which the next upgrade refuses.
#pragma once

#include "preflight/v1/package.pb.h"
#include "probes/node/node.h"
#include "probes/parsed.h"

namespace preflight::probes {

Parsed<v1::Leftover> read_leftovers(const Node& node);

}  // namespace preflight::probes
