// Setting uses: which nodes set which keys of gitlab.rb.
//
// Views into the fleet: they live no longer than it.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "readiness/fleet.h"

namespace preflight::readiness {

struct SettingUse {
    const FleetNode* node = nullptr;
    const v1::Finding* finding = nullptr;
};

class SettingUses {
  public:
    explicit SettingUses(const Fleet& fleet);

    // Calls `take` for each use of a key that fits the pattern (itself; with a trailing * all that begin so),
    // in order of key, then of the fleet.
    void each(std::string_view pattern, const std::function<void(const SettingUse&)>& take) const;
    // Nodes with GitLab whose settings were not seen whole, in order of the fleet.
    const std::vector<const FleetNode*>& unseen() const { return unseen_; }

  private:
    std::vector<std::pair<std::string_view, std::vector<SettingUse>>> keys_;  // in order of key
    std::vector<const FleetNode*> unseen_;
};

std::shared_ptr<const SettingUses> setting_uses(const Fleet& fleet);

}  // namespace preflight::readiness
