#include "readiness/patroni_homes.h"

namespace preflight::readiness {

PatroniHomes::PatroniHomes(const Fleet& fleet) : hosts_(hosts_of(fleet)) {
    for (const auto& node : fleet.nodes) {
        for (const auto& [member, finding] :
             findings_of<&v1::Finding::has_patroni_member, &v1::Finding::patroni_member>(node))
            by_name_[{member->scope(), member->name()}].insert(&node);
    }
}

const FleetNode* PatroniHomes::of(const v1::PatroniCluster& cluster,
                                  const v1::PatroniCluster::Member& member) const {
    const auto& there = hosts_->going_by(split_address(member.address(), 0).host);
    if (there.size() == 1) return there.front();
    const auto named = by_name_.find({cluster.scope(), member.name()});
    const bool one = named != by_name_.end() && named->second.size() == 1;
    return one ? *named->second.begin() : nullptr;
}

}  // namespace preflight::readiness
