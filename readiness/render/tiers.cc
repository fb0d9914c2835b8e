#include "readiness/render/tiers.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "readiness/render/layout.h"
#include "readiness/render/summary.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

// Which tier each node is in, by the node's id. It grows with every node that is met.
class Assignment {
  public:
    void add(const v1::ArchitectureNode& node) {
        Tier tier{visible(node.site()), visible_all(node.roles()), {}, node.reports(), node.external(), {}};
        auto sorted = tier.roles;
        std::ranges::sort(sorted);
        const auto [at, is_new] =
            by_kind_.try_emplace({tier.site, std::move(sorted), tier.reports, tier.external}, tiers_.size());
        if (is_new) tiers_.push_back(std::move(tier));
        tiers_[at->second].nodes.push_back(node.name().empty() ? node.id() : node.name());
        by_id_.try_emplace(node.id(), at->second);
    }

    void add(const v1::ArchitectureEdge& edge) {
        const auto from = tier_of(edge.from());
        const auto to = tier_of(edge.to());
        auto& use = tiers_[from].uses[{to, visible(edge.kind())}];
        for (const auto& purpose : edge.purposes()) {
            if (!purpose.empty()) use.purposes.insert(visible(purpose));
        }
        if (!edge.address().empty()) use.addresses.insert(visible(edge.address()));
    }

    std::vector<Tier> tiers() && { return std::move(tiers_); }

  private:
    std::size_t tier_of(const std::string& id) {
        const auto [at, is_new] = by_id_.try_emplace(id, tiers_.size());
        if (is_new) tiers_.push_back({"", {}, {id}, false, false, {}});
        return at->second;
    }

    using Kind = std::tuple<std::string, std::vector<std::string>, bool, bool>;
    std::vector<Tier> tiers_;
    std::map<Kind, std::size_t> by_kind_;
    std::map<std::string, std::size_t> by_id_;
};

}  // namespace

std::vector<Tier> tiers_of(const v1::Architecture& architecture) {
    Assignment assignment;
    for (const auto& node : architecture.nodes()) assignment.add(node);
    for (const auto& edge : architecture.edges()) assignment.add(edge);
    return std::move(assignment).tiers();
}

std::string architecture_summary(const v1::Architecture& architecture) {
    return fmt::format(
        "{}, {}", plural(static_cast<std::size_t>(architecture.nodes_size()), "node", "nodes"),
        plural(static_cast<std::size_t>(architecture.edges_size()), "connection", "connections"));
}

std::string role_words(const Tier& tier) {
    if (tier.roles.empty()) return "role not known";
    return fmt::format("{}", fmt::join(tier.roles, ", "));
}

std::string standing_words(const Tier& tier) {
    if (tier.external) return "external";
    return tier.reports ? "" : "nobody reports from there";
}

std::string use_words(const std::string& kind, const TierUse& use, int width) {
    const auto list = [width](const std::set<std::string>& texts) {
        return joined({texts.begin(), texts.end()}, width);
    };
    auto words = kind.empty() ? "a service" : kind;
    if (!use.purposes.empty()) words += " for " + list(use.purposes);
    if (!use.addresses.empty()) words += " at " + list(use.addresses);
    return words;
}

bool has_sites(const std::vector<Tier>& tiers) {
    return std::ranges::any_of(tiers, [](const Tier& tier) { return !tier.site.empty(); });
}

std::string site_words(const std::string& site) { return site.empty() ? "No site told" : "Site " + site; }

}  // namespace preflight::readiness::render
