#include "readiness/checks/settings_drift.h"

#include <algorithm>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "readiness/installed.h"
#include "readiness/key_table.h"
#include "readiness/sites.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

constexpr std::size_t shown_keys = 4;

struct Cases {
    v1::Verdict unseen =
        verdict(v1::UNKNOWN, "unseen", "whether the node runs what its configuration says was not seen");
    v1::Verdict site_unseen =
        verdict(v1::UNKNOWN, "site_unseen",
                "of which site of Geo a Rails node is was not seen: it was not compared with its peers");
    v1::Verdict role_unseen =
        verdict(v1::UNKNOWN, "role_unseen",
                "whether the node is one of Rails was not seen: it was not compared with its peers");
    v1::Verdict unapplied =
        verdict(v1::WARNING, "unapplied", "gitlab.rb says otherwise than what the last reconfigure used");
    v1::Verdict rendered =
        verdict(v1::WARNING, "rendered",
                "files that reconfigure writes say otherwise than what they are written from");
    v1::Verdict computed =
        verdict(v1::NOTE, "computed",
                "gitlab.rb has settings that only Ruby can evaluate, and what they come to "
                "was not seen");
    v1::Verdict ready = verdict(v1::READY, "agrees", "the node runs what its configuration says");
};

// What one probe's sources say differently on the node, in one line with the first of it.
bool judge_differences(const FleetNode& node, std::string_view probe, v1::Verdict& said) {
    std::vector<std::string> told;
    const v1::Finding* first = nullptr;
    for (const auto& [difference, finding] :
         findings_of<&v1::Finding::has_difference, &v1::Finding::difference>(node)) {
        if (finding->probe() != probe) continue;
        if (first == nullptr) first = finding;
        told.push_back(clipped(difference->what(), 80) + " (" + clipped(difference->detail(), 80) + ")");
    }
    if (first != nullptr) about(said, node, *first, listed_first(told, shown_keys));
    return first != nullptr;
}

void judge_computed(const FleetNode& node, v1::Verdict& computed) {
    std::set<std::string> evaluated;
    std::map<std::string, const v1::Finding*> open;
    for (const auto& [setting, finding] :
         findings_of<&v1::Finding::has_setting, &v1::Finding::setting>(node)) {
        if (setting->origin() == v1::Setting::ATTRIBUTES) evaluated.insert(setting->key());
        const bool plain = setting->state() == v1::Setting::LITERAL;
        if (!plain) open.try_emplace(clipped(setting->key(), 80), finding);
    }
    std::erase_if(open, [&](const auto& entry) { return evaluated.contains(entry.second->setting().key()); });
    if (open.empty()) return;
    std::vector<std::string> keys;
    keys.reserve(open.size());
    for (const auto& [key, finding] : open) keys.push_back(key);
    about(computed, node, *open.begin()->second, listed_first(keys, shown_keys));
}

void judge_node(const FleetNode& node, Cases& cases) {
    const bool unapplied = judge_differences(node, "settings", cases.unapplied);
    const bool rendered = judge_differences(node, "endpoints", cases.rendered);
    judge_computed(node, cases.computed);
    bool whole = true;
    for (const auto* probe : {"settings", "endpoints"}) {
        if (!whole || saw_all(node, probe)) continue;
        whole = false;
        about_unseen(cases.unseen, node, probe);
    }
    if (whole && !unapplied && !rendered)
        about_inspection(cases.ready, node, "no two sources of its settings differ");
}

// ---- Rails nodes of one site beside each other

// What a node has a setting at. What is hidden is a secret, or only Ruby's to say.
struct Value {
    enum class Kind { not_set, hidden, plain };
    Kind kind = Kind::not_set;
    std::string_view text;
    auto operator<=>(const Value&) const = default;
};

std::string text_of(const Value& value) {
    if (value.kind == Value::Kind::plain) return "is " + clipped(value.text, 60);
    return value.kind == Value::Kind::hidden ? "set" : "not set";
}

// These are meant to differ: one node alone migrates, and goes past PgBouncer for that.
bool is_common(std::string_view key) {
    static const std::set<std::string_view> own{"gitlab_rails['auto_migrate']", "gitlab_rails['db_host']",
                                                "gitlab_rails['db_port']"};
    return (key.starts_with("gitlab_rails[") || key == "external_url") && !own.contains(key);
}

// What gitlab.rb and its like say; the attributes say it again.
template <typename Take>
void each_common(const FleetNode& node, Take take) {
    for (const auto& [setting, finding] :
         findings_of<&v1::Finding::has_setting, &v1::Finding::setting>(node)) {
        if (setting->origin() == v1::Setting::ATTRIBUTES || !is_common(setting->key())) continue;
        const bool plain = setting->state() == v1::Setting::LITERAL && !setting->value().empty();
        take(std::string_view(setting->key()),
             plain ? Value{Value::Kind::plain, setting->value()} : Value{Value::Kind::hidden, {}});
    }
}

// The values that nodes have a key at, each with how many do.
class Spread {
  public:
    // Of nodes one after the other. Set twice on one, it is Ruby's to say which counts.
    void add(const FleetNode& node, Value value) {
        if (last_ == &node) {
            --counts_[value_];
            value = {Value::Kind::hidden, {}};
        }
        ++counts_[value];
        last_ = &node;
        value_ = value;
    }
    // The value of most of so many nodes, where they do not all have the same; not set where no value is that
    // of most. What is hidden may be any of the others, and counts only beside nodes that do not set it.
    std::optional<std::optional<Value>> most(std::size_t nodes) const {
        auto counts = counts_;
        std::size_t set = 0;
        for (const auto& [value, count] : counts) set += count;
        if (set < nodes) {
            counts[Value{}] = nodes - set;
        } else {
            counts.erase(Value{Value::Kind::hidden, {}});
        }
        std::erase_if(counts, [](const auto& entry) { return entry.second == 0; });
        if (counts.size() < 2) return std::nullopt;
        const auto most =
            std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
        const auto as_many =
            std::ranges::count_if(counts, [&](const auto& entry) { return entry.second == most->second; });
        return as_many == 1 ? std::optional(most->first) : std::optional<Value>();
    }

  private:
    std::map<Value, std::size_t> counts_;
    const FleetNode* last_ = nullptr;
    Value value_;
};

using Peers = std::vector<const FleetNode*>;
using Disagreed = std::map<std::string_view, std::optional<Value>>;  // each key with the value of most

// The keys that the nodes do not set alike.
Disagreed disagreed_of(const Peers& peers) {
    KeyTable<Spread> spreads;
    for (const auto* node : peers)
        each_common(*node, [&](std::string_view key, Value value) { spreads[key].add(*node, value); });
    Disagreed disagreed;
    for (const auto& [key, spread] : spreads.entries()) {
        if (const auto most = spread.most(peers.size())) disagreed.emplace(key, *most);
    }
    return disagreed;
}

// About the nodes that have another value than most, or about all where none is that of most.
void judge_peers(const Peers& peers, std::vector<v1::Verdict>& verdicts) {
    const auto disagreed = disagreed_of(peers);
    if (disagreed.empty()) return;
    std::vector<std::string> keys;
    keys.reserve(disagreed.size());
    for (const auto& [key, most] : disagreed) keys.push_back(clipped(key, 80));
    auto said = verdict(v1::WARNING, "nodes_differ",
                        "Rails nodes of one site do not set alike: " + listed_first(keys, shown_keys));
    for (const auto* node : peers) {
        std::map<std::string_view, Value> values;
        each_common(*node, [&](std::string_view key, Value value) {
            if (!disagreed.contains(key)) return;
            const auto [known, is_new] = values.try_emplace(key, value);
            if (!is_new) known->second = {Value::Kind::hidden, {}};
        });
        std::vector<std::string> odd;
        for (const auto& [key, most] : disagreed) {
            const auto own = values[key];
            const bool may_be_most = own.kind == Value::Kind::hidden && most != Value{};
            if (own != most && !may_be_most) odd.push_back(clipped(key, 80) + " " + text_of(own));
        }
        if (!odd.empty()) about_inspection(said, *node, listed_first(odd, shown_keys));
    }
    keep(verdicts, std::move(said));
}

// It says of which site it is, or that there are none.
bool site_seen(const FleetNode& node) {
    const auto roles = findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node);
    return std::ranges::any_of(
        roles, [](const auto& entry) { return entry.first->role() != v1::GeoRole::ROLE_UNSPECIFIED; });
}

// Of nodes that run Rails, or may. Sites may differ: a node of a site that was not seen has no peers that are
// known.
void judge_rails(const Peers& rails, Cases& cases, std::vector<v1::Verdict>& verdicts) {
    std::map<std::string, Peers> sites;
    for (const auto* node : rails) {
        const bool placed = roles_seen(*node) && site_seen(*node);
        if (placed) sites[site_of(*node)].push_back(node);
        if (placed || rails.size() == 1) continue;
        if (roles_seen(*node)) {
            about_unseen(cases.site_unseen, *node, "geo");
        } else {
            about_unseen(cases.role_unseen, *node, "services");
        }
    }
    for (const auto& [site, peers] : sites) judge_peers(peers, verdicts);
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    Peers rails;
    rails.reserve(fleet.nodes.size());
    for (const auto& node : fleet.nodes) {
        if (installation_unseen(node)) about_unseen(cases.unseen, node, "installation");
        if (!from_package_or_image(node)) continue;
        judge_node(node, cases);
        const bool may_be_rails = has_role(node, v1::NodeRoles::RAILS) || !roles_seen(node);
        if (may_be_rails && saw_all(node, "settings")) rails.push_back(&node);
    }
    std::vector<v1::Verdict> verdicts;
    judge_rails(rails, cases, verdicts);
    for (auto* found : {&cases.unseen, &cases.site_unseen, &cases.role_unseen, &cases.unapplied,
                        &cases.rendered, &cases.computed, &cases.ready})
        keep(verdicts, std::move(*found));
    if (!verdicts.empty()) return verdicts;
    if (fleet.nodes.empty()) return {verdict(v1::UNKNOWN, "unseen", "no node has reported")};
    return {verdict(v1::NOT_APPLICABLE, "no_settings", "no node has settings of the Linux package")};
}

}  // namespace

constexpr Check settings_drift{
    .id = "settings.drift",
    .asks = "Does every node run what its configuration says, and the same as its peers?",
    .judge = judge,
};

}  // namespace preflight::readiness
