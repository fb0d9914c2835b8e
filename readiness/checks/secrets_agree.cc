#include "readiness/checks/secrets_agree.h"

#include <algorithm>
#include <map>

#include "readiness/secret_groups.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;
using Holder = std::pair<const FleetNode*, const v1::Finding*>;

// Who holds what is held by fewer, or by no more, than something else is.
struct Odd {
    bool usual = false;  // most hold another one, which is therefore taken for right
    std::vector<Holder> holders;
    bool application = false;  // one of them needs the secrets
};

std::size_t application_holders(const SecretValue& value) {
    return static_cast<std::size_t>(std::ranges::count_if(
        value.holders, [](const Holder& holder) { return needs_secrets(*holder.first); }));
}

// What the application's nodes hold counts: others may have made a file of their own.
Odd odd_of(const SecretKey& key) {
    const auto most = std::ranges::max_element(key.values, {}, application_holders);
    const auto highest = application_holders(*most);
    Odd odd;
    odd.usual = highest > 0 && std::ranges::count(key.values, highest, application_holders) == 1;
    for (auto value = key.values.begin(); value != key.values.end(); ++value) {
        if (odd.usual && value == most) continue;
        odd.holders.insert(odd.holders.end(), value->holders.begin(), value->holders.end());
        odd.application = odd.application || application_holders(*value) > 0;
    }
    return odd;
}

// Holders and unseen nodes are in order of the fleet, where nodes lie one behind the other.
bool is_unseen(const SecretGroups& groups, const FleetNode& node) {
    return std::ranges::binary_search(groups.unseen, &node);
}

std::vector<Holder> lacking(const SecretKey& key, const SecretGroups& groups, const Fleet& fleet) {
    std::vector<Holder> without;
    for (const auto& node : fleet.nodes) {
        const auto holds = [&](const SecretValue& value) {
            return std::ranges::binary_search(value.holders, &node, {}, &Holder::first);
        };
        if (needs_secrets(node) && !is_unseen(groups, node) && std::ranges::none_of(key.values, holds))
            without.emplace_back(&node, nullptr);
    }
    return without;
}

// Keys of which the same can be said of the same nodes are told together.
struct Told {
    std::vector<std::string> names;
    std::vector<std::vector<std::string>> shown;  // by holder: "gitlab_rails.db_key_base 3f2a91c07d5e…"
    std::vector<Holder> holders;
};
using Together = std::map<std::pair<std::string, std::vector<const FleetNode*>>, Told>;

void add(Together& together, const std::string& key_of_case, const std::string& name,
         const std::vector<Holder>& holders) {
    std::vector<const FleetNode*> nodes;
    nodes.reserve(holders.size());
    for (const auto& holder : holders) nodes.push_back(holder.first);
    auto& told = together[{key_of_case, nodes}];
    told.names.push_back(clipped(name, 80));
    if (told.holders.empty()) told.holders = holders;
    told.shown.resize(holders.size());
    for (std::size_t at = 0; at < holders.size(); ++at) {
        const auto* finding = holders[at].second;
        const auto digest =
            finding == nullptr ? "" : " " + clipped(finding->secret_fingerprint().fingerprint(), 12);
        told.shown[at].push_back(clipped(name, 80) + digest);
    }
}

v1::Verdict made_of(const std::string& key_of_case, const std::string& names) {
    if (key_of_case == "differ")
        return verdict(v1::BLOCKER, "differ", names + ": these nodes have another value than most");
    if (key_of_case == "split")
        return verdict(v1::BLOCKER, "split", names + ": the nodes have different values, none of them most");
    if (key_of_case == "missing")
        return verdict(v1::WARNING, "missing", names + ": not on all nodes that need it");
    return verdict(v1::WARNING, "differ_elsewhere",
                   names + ": nodes that do not run the application have other values");
}

Verdicts verdicts_of(const Together& together) {
    Verdicts verdicts;
    for (const auto& [place, told] : together) {
        auto found = made_of(place.first, listed_first(told.names, 3));
        for (std::size_t at = 0; at < told.holders.size(); ++at) {
            const auto& [node, finding] = told.holders[at];
            const auto shown = listed_first(told.shown[at], 4);
            if (finding != nullptr) about(found, *node, *finding, shown);
            if (finding == nullptr)
                about_inspection(found, *node, "not in its gitlab-secrets.json: " + shown);
        }
        verdicts.push_back(std::move(found));
    }
    return verdicts;
}

v1::Verdict unseen_on(const SecretGroups& groups, const Fleet& fleet) {
    auto unseen = verdict(v1::UNKNOWN, "unseen", "the secrets could not be compared");
    for (const auto& node : fleet.nodes) {
        if (needs_secrets(node) && (is_unseen(groups, node) || !saw_all(node, "secrets")))
            about_unseen(unseen, node, "secrets");
    }
    return unseen;
}

Verdicts judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    const auto groups = secret_groups(fleet);
    Together together;
    std::size_t same = 0;
    for (const auto& key : groups.keys) {
        const auto without = lacking(key, groups, fleet);
        if (key.values.size() > 1) {
            const auto odd = odd_of(key);
            const auto* how = odd.usual ? "differ" : "split";
            add(together, odd.application ? how : "differ_elsewhere", key.name, odd.holders);
        }
        if (!without.empty()) add(together, "missing", key.name, without);
        same += key.values.size() == 1 && without.empty() ? 1 : 0;
    }
    auto verdicts = verdicts_of(together);
    keep(verdicts, unseen_on(groups, fleet));
    if (!verdicts.empty()) return verdicts;
    if (fleet.nodes.empty()) return {verdict(v1::UNKNOWN, "unseen", "no node has reported")};
    if (std::ranges::none_of(fleet.nodes, needs_secrets))
        return {verdict(v1::NOT_APPLICABLE, "nobody", "no node needs the application's secrets")};
    return {verdict(v1::READY, "agree", "all nodes hold the same " + counted(same, "secret"))};
}

}  // namespace

constexpr Check secrets_agree{
    .id = "secrets.agree",
    .asks = "Do all nodes and sites hold the same secrets?",
    .judge = judge,
};

}  // namespace preflight::readiness
