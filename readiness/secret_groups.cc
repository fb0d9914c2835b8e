#include "readiness/secret_groups.h"

#include <algorithm>
#include <map>
#include <set>

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

// By which key most nodes' fingerprints were made.
std::string usual_key(const Fleet& fleet) {
    std::map<std::string, std::set<const FleetNode*>> nodes;
    for (const auto& node : fleet.nodes) {
        for (const auto& [found, finding] :
             findings_of<&v1::Finding::has_secret_fingerprint, &v1::Finding::secret_fingerprint>(node)) {
            if (counts(*found)) nodes[found->keyed_by()].insert(&node);
        }
    }
    const auto most = std::ranges::max_element(
        nodes, [](const auto& one, const auto& other) { return one.second.size() < other.second.size(); });
    return most == nodes.end() ? "" : most->first;
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
    const auto keyed_by = usual_key(fleet);
    std::map<std::string, std::map<std::string, std::vector<Holder>>> keys;
    SecretGroups groups;
    for (const auto& node : fleet.nodes) {
        bool seen = false;
        for (const auto& [found, finding] :
             findings_of<&v1::Finding::has_secret_fingerprint, &v1::Finding::secret_fingerprint>(node)) {
            if (!counts(*found) || found->keyed_by() != keyed_by) continue;
            seen = true;
            keys[found->key()][found->fingerprint()].emplace_back(&node, finding);
        }
        if (needs_secrets(node) && (!seen || broke_off(node, "secrets"))) groups.unseen.push_back(&node);
    }
    for (auto& [name, values] : keys) groups.keys.push_back(key_of(name, std::move(values)));
    return groups;
}

}  // namespace preflight::readiness
