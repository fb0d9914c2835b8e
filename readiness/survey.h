// Survey: what several checks ask of a whole fleet, worked out once.
//
// judge() makes it of the fleet that it hands on; the functions named here answer out of it where there is
// one, and work it out themselves where there is none. Views into the fleet that it is attached to.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "readiness/coverage.h"
#include "readiness/installed.h"
#include "readiness/node_match.h"
#include "readiness/route.h"
#include "readiness/secret_groups.h"
#include "readiness/servers.h"
#include "readiness/setting_uses.h"

namespace preflight::readiness {

struct Survey {
    std::optional<std::vector<Installed>> installed;     // installations()
    std::shared_ptr<const Hosts> hosts;                  // hosts_of()
    std::optional<SharedList<std::string>> missing;      // not_there()
    std::shared_ptr<const SettingUses> settings;         // setting_uses()
    std::optional<SecretGroups> secrets;                 // secret_groups()
    std::optional<SharedList<Endpoint>> endpoints;       // endpoints_of()
    std::map<v1::ServerIs::Component, Servers> servers;  // servers_of()
    std::optional<Route> route;                          // find_route()
};

// Gives the fleet its survey. It holds for this upgrade and this knowledge, and as long as nobody changes the
// fleet.
void survey(Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
