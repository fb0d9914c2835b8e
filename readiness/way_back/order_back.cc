#include "readiness/way_back/order_back.h"

#include <algorithm>
#include <array>
#include <utility>

namespace preflight::readiness {
namespace {

// A client may be older than its server, not newer.
constexpr std::array places{Place::monitoring, Place::other,     Place::sidekiq,    Place::rails,
                            Place::redis,      Place::pgbouncer, Place::postgresql, Place::praefect,
                            Place::gitaly,     Place::consul};

std::size_t rank_of(const PlanNode& node) {
    return static_cast<std::size_t>(std::ranges::find(places, node.place) - places.begin());
}

template <typename Member>
std::size_t last_rank(const PlanSite& site, const Member& is_member) {
    std::size_t last = 0;
    for (const auto& node : site.nodes) {
        if (is_member(node)) last = std::max(last, rank_of(node));
    }
    return last;
}

}  // namespace

PlanNodes leaders_last(PlanNodes nodes) {
    std::ranges::stable_sort(nodes, {},
                             [](const PlanNode* node) { return std::pair(node->leads, node->redis_master); });
    return nodes;
}

std::vector<GroupBack> order_back(const PlanSite& site) {
    const auto of_patroni = last_rank(site, [](const PlanNode& node) { return node.patroni; });
    const auto of_redis =
        last_rank(site, [](const PlanNode& node) { return has_role(*node.node, v1::NodeRoles::REDIS); });
    const bool sentinels = site.has(v1::NodeRoles::SENTINEL);
    std::vector<GroupBack> groups(places.size());
    for (const auto& node : site.nodes) {
        auto rank = rank_of(node);
        if (node.leads) rank = std::max(rank, of_patroni);
        if (node.redis_master) rank = std::max(rank, of_redis);
        auto& group = groups[rank];
        group.nodes.push_back(&node);
        const bool clustered = node.patroni || node.consul || (sentinels && node.place == Place::redis);
        group.one_by_one = group.one_by_one || clustered;
    }
    for (std::size_t at = 0; at < places.size(); ++at) {
        groups[at].place = places[at];
        groups[at].nodes = leaders_last(std::move(groups[at].nodes));
    }
    std::erase_if(groups, [](const GroupBack& group) { return group.nodes.empty(); });
    return groups;
}

}  // namespace preflight::readiness
