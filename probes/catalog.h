// Catalog: the list of everything that looks at a customer's machine.
#pragma once

#include <span>
#include <string_view>

#include "probes/probe.h"

namespace preflight::probes {

std::span<const Probe> catalog();

// nullptr when there is none of that name.
const Probe* find_probe(std::string_view name);

}  // namespace preflight::probes
