// Databases: where on a route PostgreSQL has to come to another major version, and who does it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "readiness/route.h"

namespace preflight::readiness {

struct DatabaseUpgrade {
    enum class How : std::uint8_t {
        by_command,  // the package's own server, before the hop
        by_itself,   // the package does it with the hop
        elsewhere,   // a server outside the package, before the hop
    };
    std::size_t leg = 0;  // index of the hop in the route
    How how = How::by_command;
    std::string to;                      // "17"; of one elsewhere the lowest version that will do
    std::vector<std::string> addresses;  // of those elsewhere, in order
};

// In order of the hops. `open` takes what is not known of it.
std::vector<DatabaseUpgrade> database_upgrades(const Fleet& fleet, const Upgrade& upgrade, const Route& route,
                                               const v1::Knowledge& knowledge,
                                               std::vector<std::string>& open);

}  // namespace preflight::readiness
