#include "readiness/setting_uses.h"

#include <algorithm>
#include <utility>

#include "readiness/installed.h"
#include "readiness/key_table.h"
#include "readiness/survey.h"

namespace preflight::readiness {

SettingUses::SettingUses(const Fleet& fleet) {
    KeyTable<std::vector<SettingUse>> keys;
    for (const auto& node : fleet.nodes) {
        if (without_gitlab(node)) continue;
        if (!saw_all(node, "settings")) unseen_.push_back(&node);
        for (const auto& [setting, finding] :
             findings_of<&v1::Finding::has_setting, &v1::Finding::setting>(node)) {
            keys[setting->key()].push_back({&node, finding});
        }
    }
    keys_ = std::move(keys).take();
    std::ranges::sort(keys_, {}, [](const auto& entry) { return entry.first; });
}

void SettingUses::each(std::string_view pattern, const std::function<void(const SettingUse&)>& take) const {
    const bool many = pattern.ends_with('*');
    if (many) pattern.remove_suffix(1);
    auto entry = std::ranges::lower_bound(keys_, pattern, {}, [](const auto& one) { return one.first; });
    for (; entry != keys_.end(); ++entry) {
        if (many ? !entry->first.starts_with(pattern) : entry->first != pattern) return;
        for (const auto& use : entry->second) take(use);
    }
}

std::shared_ptr<const SettingUses> setting_uses(const Fleet& fleet) {
    if (fleet.survey && fleet.survey->settings) return fleet.survey->settings;
    return std::make_shared<const SettingUses>(fleet);
}

}  // namespace preflight::readiness
