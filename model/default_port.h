// Default port: where the collector listens and the agent calls, unless settings say otherwise.
#pragma once

#include <cstdint>

namespace preflight {

inline constexpr std::uint16_t default_collector_port = 8473;

}  // namespace preflight
