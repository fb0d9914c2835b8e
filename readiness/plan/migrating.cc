#include "readiness/plan/migrating.h"

#include <algorithm>

namespace preflight::readiness {
namespace {

enum class May { yes, no, unseen };

// As the last reconfigure evaluated it; else as the files set it.
May may_migrate(const FleetNode& node, std::string_view key) {
    const v1::Setting* found = nullptr;
    for (const auto& [setting, finding] :
         findings_of<&v1::Finding::has_setting, &v1::Finding::setting>(node)) {
        if (setting->key() != key) continue;
        if (found == nullptr || setting->origin() == v1::Setting::ATTRIBUTES) found = setting;
    }
    if (found == nullptr) return saw_all(node, "settings") ? May::yes : May::unseen;
    if (found->state() != v1::Setting::LITERAL) return May::unseen;
    return found->value() == "false" ? May::no : May::yes;
}

}  // namespace

Migrating choose_migrating(const PlanNodes& candidates, const PlanNodes& others, std::string_view key) {
    Migrating chosen;
    if (candidates.empty()) return chosen;
    const auto may = [key](const PlanNode* node) { return may_migrate(*node->node, key); };
    const auto first =
        std::ranges::find_if(candidates, [&](const PlanNode* node) { return may(node) == May::yes; });
    chosen.node = first == candidates.end() ? candidates.front() : *first;
    for (const auto* node : others) {
        if (node == chosen.node) continue;
        if (may(node) == May::yes) chosen.to_forbid.push_back(node);
        if (may(node) == May::unseen) chosen.unseen.push_back(node);
    }
    if (may(chosen.node) == May::no) chosen.to_allow.push_back(chosen.node);
    if (may(chosen.node) == May::unseen) chosen.unseen.push_back(chosen.node);
    return chosen;
}

}  // namespace preflight::readiness
