#include "readiness/plan/migrating.h"

#include <algorithm>

namespace preflight::readiness {
namespace {

// The package's next reconfigure reads gitlab.rb; where that computes the value, the last one's is the
// closest.
int closeness(const v1::Setting& setting) {
    if (setting.origin() == v1::Setting::CONFIGURATION)
        return setting.state() == v1::Setting::LITERAL ? 2 : 0;
    return setting.origin() == v1::Setting::ATTRIBUTES ? 1 : 0;
}

}  // namespace

const v1::Finding* migrating_setting(const FleetNode& node, std::string_view key) {
    const v1::Finding* found = nullptr;
    for (const auto& [setting, finding] :
         findings_of<&v1::Finding::has_setting, &v1::Finding::setting>(node)) {
        if (setting->key() != key) continue;
        if (found == nullptr || closeness(*setting) > closeness(found->setting())) found = finding;
    }
    return found;
}

Migrates would_migrate(const FleetNode& node, std::string_view key) {
    const auto* found = migrating_setting(node, key);
    if (found == nullptr) return saw_all(node, "settings") ? Migrates::yes : Migrates::unseen;
    if (found->setting().state() != v1::Setting::LITERAL) return Migrates::unseen;
    return found->setting().value() == "false" ? Migrates::no : Migrates::yes;
}

Migrating choose_migrating(const PlanNodes& candidates, const PlanNodes& others, std::string_view key) {
    Migrating chosen;
    if (candidates.empty()) return chosen;
    const auto may = [key](const PlanNode* node) { return would_migrate(*node->node, key); };
    const auto first =
        std::ranges::find_if(candidates, [&](const PlanNode* node) { return may(node) == Migrates::yes; });
    chosen.node = first == candidates.end() ? candidates.front() : *first;
    for (const auto* node : others) {
        if (node == chosen.node) continue;
        if (may(node) == Migrates::yes) chosen.to_forbid.push_back(node);
        if (may(node) == Migrates::unseen) chosen.unseen.push_back(node);
    }
    if (may(chosen.node) == Migrates::no) chosen.to_allow.push_back(chosen.node);
    if (may(chosen.node) == Migrates::unseen) chosen.unseen.push_back(chosen.node);
    return chosen;
}

}  // namespace preflight::readiness
