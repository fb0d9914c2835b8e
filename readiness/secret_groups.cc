#include "readiness/secret_groups.h"

#include <algorithm>
#include <map>

#include "readiness/installed.h"
#include "readiness/survey.h"

namespace preflight::readiness {
namespace {

using Holder = std::pair<const FleetNode*, const v1::Finding*>;

constexpr std::string_view secrets_file = "/gitlab-secrets.json";

bool counts(const v1::SecretFingerprint& fingerprint) {
    return !fingerprint.rendered() && !fingerprint.keyed_by().empty() &&
           fingerprint.path().ends_with(secrets_file);
}

// What fingerprints of one key tell.
struct Keyed {
    std::map<std::string, std::map<std::string, std::vector<Holder>>> values;  // by name and fingerprint
    std::vector<const FleetNode*> nodes;                                       // that have any
};

using ByKey = std::map<std::string, Keyed>;

// Those of the key by which most nodes' fingerprints were made.
Keyed usual_of(ByKey&& all) {
    const auto most = std::ranges::max_element(
        all, {}, [](const ByKey::value_type& entry) { return entry.second.nodes.size(); });
    return most == all.end() ? Keyed{} : std::move(most->second);
}

ByKey by_key(const Fleet& fleet) {
    ByKey all;
    for (const auto& node : fleet.nodes) {
        for (const auto& [found, finding] :
             findings_of<&v1::Finding::has_secret_fingerprint, &v1::Finding::secret_fingerprint>(node)) {
            if (!counts(*found)) continue;
            auto& [values, nodes] = all[found->keyed_by()];
            if (nodes.empty() || nodes.back() != &node) nodes.push_back(&node);
            values[found->key()][found->fingerprint()].emplace_back(&node, finding);
        }
    }
    return all;
}

SecretKey key_of(const std::string& name, std::map<std::string, std::vector<Holder>>&& values) {
    SecretKey key{name, {}};
    for (auto& [fingerprint, holders] : values) key.values.push_back({fingerprint, std::move(holders)});
    std::ranges::stable_sort(key.values, [](const SecretValue& one, const SecretValue& other) {
        return one.holders.size() > other.holders.size();
    });
    return key;
}

}  // namespace

bool needs_secrets(const FleetNode& node) {
    return !without_gitlab(node) && (runs_application(node) || !roles_seen(node));
}

SecretGroups secret_groups(const Fleet& fleet) {
    if (fleet.survey && fleet.survey->secrets) return *fleet.survey->secrets;
    auto usual = usual_of(by_key(fleet));
    SecretGroups groups;
    auto holder = usual.nodes.begin();
    for (const auto& node : fleet.nodes) {
        const bool seen = holder != usual.nodes.end() && *holder == &node;
        if (seen) ++holder;
        if (needs_secrets(node) && (!seen || broke_off(node, "secrets"))) groups.unseen.push_back(&node);
    }
    for (auto& [name, values] : usual.values) groups.keys.push_back(key_of(name, std::move(values)));
    return groups;
}

}  // namespace preflight::readiness
