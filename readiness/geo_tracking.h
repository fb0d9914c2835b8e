// GeoTracking: what the tracking database of each Geo secondary says, as the nodes of that site read it. The
// status of a site is what the primary keeps of it, and may be all that is left of a site that stopped.
//
// Views into the fleet: they live no longer than it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/report.pb.h"
#include "readiness/fleet.h"

namespace preflight::readiness {

// A site that is behind by more of them does not keep up.
constexpr std::uint64_t events_limit = 10'000;

class GeoTrackings {
  public:
    explicit GeoTrackings(const Fleet& fleet);

    // What is to be said of the secondary `site`, with `head` before each summary; nothing where all is in
    // order. `alone`: there is no other secondary, so nodes that do not say the name of their site are of it.
    std::vector<v1::Verdict> judge(std::string_view site, bool alone, const std::string& head) const;

  private:
    struct Known {
        std::vector<const FleetNode*> nodes;   // that run the application there
        const FleetNode* node = nullptr;       // that looked last
        const v1::Finding* finding = nullptr;  // none: none of the site's nodes told of it
    };

    std::map<std::string, Known, std::less<>> sites_;  // by name; empty: it is not told
};

}  // namespace preflight::readiness
