// Names: the addresses of a host's name, as this machine resolves it.
#pragma once

#include <string>
#include <vector>

#include "model/result.h"

namespace preflight::probes {

// Numeric addresses in the order in which they are to be tried; an address is its own. At most
// `addresses_limit`. ABSENT: the name has none. TIMED_OUT: no name server answered (each is asked once, see
// RES_OPTIONS in the probe's environment). Blocks for so long.
inline constexpr std::size_t addresses_limit = 4;
Result<std::vector<std::string>> addresses_of(const std::string& host);

}  // namespace preflight::probes
