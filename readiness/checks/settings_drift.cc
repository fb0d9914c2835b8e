#include "readiness/checks/settings_drift.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "readiness/installed.h"
#include "readiness/sites.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

constexpr std::size_t shown_keys = 4;

struct Cases {
    v1::Verdict unseen =
        verdict(v1::UNKNOWN, "unseen", "whether the node runs what its configuration says was not seen");
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

bool has_settings(const FleetNode& node) {
    const auto all = installations(node);
    return std::ranges::any_of(all, [](const Installed& installed) {
        return installed.what->method() == v1::Installation::LINUX_PACKAGE ||
               installed.what->method() == v1::Installation::DOCKER;
    });
}

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

constexpr std::string_view not_set = "not set";
constexpr std::string_view hidden = "set";  // to what is a secret, or only Ruby's to say

using Values = std::map<std::string, std::string>;  // of one node, by key

// These are meant to differ: one node alone migrates, and goes past PgBouncer for that.
bool is_common(std::string_view key) {
    static const std::set<std::string_view> own{"gitlab_rails['auto_migrate']", "gitlab_rails['db_host']",
                                                "gitlab_rails['db_port']"};
    return (key.starts_with("gitlab_rails[") || key == "external_url") && !own.contains(key);
}

Values values_of(const FleetNode& node) {
    Values values;
    for (const auto& [setting, finding] :
         findings_of<&v1::Finding::has_setting, &v1::Finding::setting>(node)) {
        if (setting->origin() == v1::Setting::ATTRIBUTES || !is_common(setting->key())) continue;
        const bool plain = setting->state() == v1::Setting::LITERAL && !setting->value().empty();
        const auto [known, is_new] = values.try_emplace(
            setting->key(), plain ? "is " + clipped(setting->value(), 60) : std::string(hidden));
        if (!is_new) known->second = hidden;  // which of several counts is Ruby's to say
    }
    return values;
}

using Peers = std::vector<std::pair<const FleetNode*, Values>>;

// Each value of the key with how many nodes have it. What is hidden may be any of the others, and counts only
// beside nodes that do not set it.
std::map<std::string, std::size_t> counts_of(const std::string& key, const Peers& peers) {
    std::map<std::string, std::size_t> counts;
    for (const auto& [node, values] : peers) {
        const auto value = values.find(key);
        ++counts[value == values.end() ? std::string(not_set) : value->second];
    }
    if (!counts.contains(std::string(not_set))) counts.erase(std::string(hidden));
    return counts;
}

// The keys that the nodes do not set alike, each with the value of most.
Values disagreed_of(const Peers& peers) {
    std::set<std::string> keys;
    for (const auto& [node, values] : peers) {
        for (const auto& [key, value] : values) keys.insert(key);
    }
    Values disagreed;
    for (const auto& key : keys) {
        const auto counts = counts_of(key, peers);
        if (counts.size() < 2) continue;
        const auto most =
            std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
        const auto as_many =
            std::ranges::count_if(counts, [&](const auto& entry) { return entry.second == most->second; });
        disagreed[key] = as_many == 1 ? most->first : std::string();
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
    for (const auto& [node, values] : peers) {
        std::vector<std::string> odd;
        for (const auto& [key, most] : disagreed) {
            const auto value = values.find(key);
            const auto own = value == values.end() ? std::string(not_set) : value->second;
            const bool may_be_most = own == hidden && most != not_set;
            if (own != most && !may_be_most) odd.push_back(clipped(key, 80) + " " + own);
        }
        if (!odd.empty()) about_inspection(said, *node, listed_first(odd, shown_keys));
    }
    keep(verdicts, std::move(said));
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    std::map<std::string, Peers> sites;
    for (const auto& node : fleet.nodes) {
        if (installation_unseen(node)) about_unseen(cases.unseen, node, "installation");
        if (!has_settings(node)) continue;
        judge_node(node, cases);
        if (has_role(node, v1::NodeRoles::RAILS) && saw_all(node, "settings"))
            sites[site_of(node)].emplace_back(&node, values_of(node));
    }
    std::vector<v1::Verdict> verdicts;
    for (const auto& [site, peers] : sites) judge_peers(peers, verdicts);
    for (auto* found : {&cases.unseen, &cases.unapplied, &cases.rendered, &cases.computed, &cases.ready})
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
