// Predicates on what gitlab.rb sets.
#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "readiness/conditions/predicates.h"
#include "readiness/installed.h"
#include "readiness/setting_uses.h"

namespace preflight::readiness {
namespace {

bool fits(std::string_view key, std::string_view pattern) {
    if (!pattern.ends_with('*')) return key == pattern;
    pattern.remove_suffix(1);
    return key.starts_with(pattern);
}

template <typename Patterns>
bool fits_any(std::string_view key, const Patterns& patterns) {
    return std::ranges::any_of(patterns, [key](const std::string& pattern) { return fits(key, pattern); });
}

bool is_of(v1::HasSetting::Form form, const v1::Setting::Form& found) {
    switch (form) {
        case v1::HasSetting::HAS_PORT:
            return found.has_port();
        case v1::HasSetting::HAS_UPPER_CASE:
            return found.has_upper_case();
        case v1::HasSetting::LACKS_SCHEME:
            return !found.has_scheme();
        default:
            return false;
    }
}

// What the last reconfigure made of it all also holds what reconfigure itself put there. It says nothing new
// of a node whose gitlab.rb tells of the key; of another it cannot say who set a key, only what the key is
// set to.
Truth matches(const v1::Setting& setting, const v1::HasSetting& asked, bool told) {
    const bool evaluated = setting.origin() == v1::Setting::ATTRIBUTES;
    if (evaluated && told) return Truth::fails;
    if (fits_any(setting.key(), asked.except())) return Truth::fails;
    if (setting.state() == v1::Setting::CONDITIONAL) return Truth::unknown;
    const bool any_value = asked.values().empty() && asked.form() == v1::HasSetting::FORM_UNSPECIFIED;
    if (any_value) return evaluated ? Truth::unknown : Truth::holds;
    if (asked.form() != v1::HasSetting::FORM_UNSPECIFIED) {
        if (!setting.has_form()) return Truth::unknown;
        return is_of(asked.form(), setting.form()) ? Truth::holds : Truth::fails;
    }
    // A value that is computed, or that could be a secret, is not told.
    if (setting.value().empty()) return Truth::unknown;
    return std::ranges::find(asked.values(), setting.value()) != asked.values().end() ? Truth::holds
                                                                                      : Truth::fails;
}

std::string text_of(const v1::Setting& setting) {
    const auto value = setting.value().empty() ? std::string() : " = " + setting.value();
    return setting.key() + value +
           (setting.line() == 0 ? std::string() : " in line " + std::to_string(setting.line()));
}

std::string_view doubt_of(const v1::Setting& setting) {
    if (setting.origin() == v1::Setting::ATTRIBUTES)
        return " after the last reconfigure; whether a person set it was not seen";
    if (setting.state() == v1::Setting::CONDITIONAL)
        return ", which may not be set at all: it is behind a condition";
    return ", whose value was not seen";
}

// May keys lie beneath it, or may it be set otherwise, that are told nowhere?
bool is_open(const v1::Setting& setting) {
    return setting.origin() != v1::Setting::ATTRIBUTES && setting.state() != v1::Setting::LITERAL &&
           !setting.members_told();
}

// "a['b']['c']" → "a['b']", "a": the nearest first. Of a pattern, what stands above all that fits it.
std::vector<std::string_view> above(std::string_view pattern) {
    std::vector<std::string_view> keys;
    for (auto end = pattern.rfind('['); end != std::string_view::npos && end > 0;
         end = pattern.rfind('[', end - 1))
        keys.push_back(pattern.substr(0, end));
    return keys;
}

// Where gitlab.rb sets what stands above the key to what only Ruby knows, which may set the key too. Of one
// source the nearest counts: what is set later is told, and what was set before went with it.
std::vector<SettingUse> doubts_above(const SettingUses& uses, std::string_view pattern) {
    const auto keys = above(pattern);
    bool any = false;
    for (const auto key : keys)
        uses.each(key, [&any](const SettingUse& use) { any = any || is_open(use.finding->setting()); });
    if (!any) return {};
    std::vector<SettingUse> doubts;
    std::set<std::pair<const FleetNode*, std::string_view>> settled;
    const auto settle = [&](const SettingUse& use, bool itself) {
        const auto& setting = use.finding->setting();
        if (setting.origin() == v1::Setting::ATTRIBUTES) return;
        const std::pair place(use.node, std::string_view(setting.source()));
        if (settled.contains(place)) return;
        if (!itself && is_open(setting)) doubts.push_back(use);
        if (setting.state() != v1::Setting::CONDITIONAL) settled.insert(place);
    };
    if (!pattern.ends_with('*')) uses.each(pattern, [&](const SettingUse& use) { settle(use, true); });
    for (const auto key : keys) uses.each(key, [&](const SettingUse& use) { settle(use, false); });
    return doubts;
}

// Keys of which a node's gitlab.rb does not tell what becomes of them and of what lies beneath.
class OpenKeys {
  public:
    void add(const SettingUse& use) { keys_[use.node].push_back(use.finding->setting().key()); }
    bool has(const FleetNode& node, const v1::Setting& setting) const {
        const auto known = keys_.find(&node);
        const std::string_view key = setting.key();
        return known != keys_.end() && std::ranges::any_of(known->second, [key](std::string_view open) {
                   return key == open || (key.starts_with(open) && key[open.size()] == '[');
               });
    }

  private:
    std::unordered_map<const FleetNode*, std::vector<std::string_view>> keys_;
};

// What each use of the asked keys says, once: `take(use, truth, what)`.
template <typename Take>
void each_answer(const v1::HasSetting& asked, const SettingUses& uses, Take take) {
    std::set<const v1::Finding*> doubted;  // one may stand above several of the keys
    for (const auto& pattern : asked.keys()) {
        OpenKeys open;
        for (const auto& use : doubts_above(uses, pattern)) {
            open.add(use);
            if (!doubted.insert(use.finding).second) continue;
            take(use, Truth::unknown, text_of(use.finding->setting()) + ", whose keys only Ruby knows");
        }
        uses.each(pattern, [&open](const SettingUse& use) {
            if (is_open(use.finding->setting())) open.add(use);
        });
        uses.each(pattern, [&](const SettingUse& use) {
            const auto& setting = use.finding->setting();
            const bool evaluated = setting.origin() == v1::Setting::ATTRIBUTES;
            const bool told = evaluated && saw_all(*use.node, "settings") && !open.has(*use.node, setting);
            const auto truth = matches(setting, asked, told);
            if (truth == Truth::unknown && !doubted.insert(use.finding).second) return;
            const auto doubt = truth == Truth::unknown ? doubt_of(setting) : std::string_view();
            if (truth != Truth::fails) take(use, truth, text_of(setting) + std::string(doubt));
        });
    }
}

// ---- nodes that lack it

// Whether the node is one of those that are asked.
Truth is_asked(const FleetNode& node, const v1::HasSetting& asked) {
    const auto& roles = asked.roles();
    const auto has = [&node](int role) { return has_role(node, static_cast<v1::NodeRoles::Role>(role)); };
    const bool of_role = roles.empty() || std::ranges::any_of(roles, has);
    if (!of_role && roles_seen(node)) return Truth::fails;
    if (asked.site() == v1::GeoRole::ROLE_UNSPECIFIED) return of_role ? Truth::holds : Truth::unknown;
    const auto sites = findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node);
    const auto is = [](v1::GeoRole::Role role) {
        return [role](const auto& entry) { return entry.first->role() == role; };
    };
    if (std::ranges::any_of(sites, is(asked.site()))) return of_role ? Truth::holds : Truth::unknown;
    const bool open = sites.empty() || std::ranges::any_of(sites, is(v1::GeoRole::ROLE_UNSPECIFIED));
    return open ? Truth::unknown : Truth::fails;
}

std::string lack_text(const v1::HasSetting& asked) {
    std::string keys;
    for (const auto& key : asked.keys()) keys += (keys.empty() ? "" : " or ") + key;
    return keys + (asked.values().empty() ? " is not set" : " is not set so");
}

Decided decide_lacking(const v1::HasSetting& asked, const Scene& scene) {
    const auto uses = setting_uses(scene.fleet);
    std::unordered_map<const FleetNode*, SettingUse> setting;
    std::unordered_map<const FleetNode*, std::pair<SettingUse, std::string>> open;
    each_answer(asked, *uses, [&](const SettingUse& use, Truth truth, const std::string& what) {
        if (truth == Truth::holds) setting.try_emplace(use.node, use);
        if (truth == Truth::unknown) open.try_emplace(use.node, use, what);
    });
    SomeNode some;
    add_missing(scene, some);
    bool anyone = false;
    for (const auto& node : scene.fleet.nodes) {
        const auto asks = without_gitlab(node) ? Truth::fails : is_asked(node, asked);
        if (asks == Truth::fails) continue;
        anyone = true;
        if (const auto set = setting.find(&node); set != setting.end()) {
            const auto& finding = *set->second.finding;
            some.fails(node, finding, text_of(finding.setting()));
        } else if (const auto doubt = open.find(&node); doubt != open.end()) {
            some.unseen(node, *doubt->second.first.finding, doubt->second.second);
        } else if (!saw_all(node, "settings")) {
            some.unseen(node, "settings");
        } else if (asks == Truth::holds) {
            some.holds(node, lack_text(asked));
        } else {
            some.unseen(node, roles_seen(node) || asked.roles().empty() ? "geo" : "services");
        }
    }
    if (!anyone) some.nobody();  // whom it is asked of does not report
    return some.decided();
}

}  // namespace

Decided decide(const v1::HasSetting& asked, const Scene& scene) {
    if (asked.lacking()) return decide_lacking(asked, scene);
    SomeNode some;
    add_missing(scene, some);
    const auto uses = setting_uses(scene.fleet);
    const auto is_one = [&asked](const FleetNode& node) { return is_asked(node, asked); };
    for (const auto* node : uses->unseen()) {
        if (is_one(*node) != Truth::fails) some.unseen(*node, "settings");
    }
    each_answer(asked, *uses, [&](const SettingUse& use, Truth truth, const std::string& what) {
        const auto one = is_one(*use.node);
        if (one == Truth::fails) return;
        if (truth == Truth::holds && one == Truth::holds) {
            some.holds(*use.node, *use.finding, what);
        } else {
            some.unseen(*use.node, *use.finding, what);
        }
    });
    return some.decided();
}

}  // namespace preflight::readiness
