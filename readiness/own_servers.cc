#include "readiness/own_servers.h"

#include <algorithm>

#include "readiness/bundled_postgresql.h"

namespace preflight::readiness {
namespace {

constexpr int highest_minor = 9999;

}  // namespace

const v1::Bundle* bundle_of(v1::ServerIs::Component component, const Version& gitlab,
                            const v1::Knowledge& knowledge) {
    const auto found = std::ranges::find_if(knowledge.bundles(), [&](const v1::Bundle& bundle) {
        return bundle.component() == component && within(gitlab, bundle.gitlab());
    });
    return found == knowledge.bundles().end() ? nullptr : &*found;
}

bool brings_its_own(v1::ServerIs::Component component, const Version& gitlab,
                    const v1::Knowledge& knowledge) {
    return component != v1::ServerIs::POSTGRESQL && bundle_of(component, gitlab, knowledge) != nullptr;
}

std::optional<Version> upgraded_before(v1::ServerIs::Component component, const Leg& leg, const Route& route,
                                       const v1::Knowledge& knowledge) {
    std::optional<Version> reached;
    for (const auto& before : route.legs) {
        if (before.to > leg.from) break;
        const auto* bundle = bundle_of(component, before.to, knowledge);
        if (bundle == nullptr || bundle->upgrades_itself_to().empty()) continue;
        reached = parse_server_version(bundle->upgrades_itself_to());
        if (reached) reached->minor = highest_minor;
    }
    return reached;
}

VersionsBefore::VersionsBefore(v1::ServerIs::Component component, const BeforeHop& hop, const Fleet& fleet,
                               const v1::Knowledge& knowledge)
    : component_(component) {
    if (component == v1::ServerIs::POSTGRESQL) {
        if (may_upgrade_postgresql(fleet)) left_ = upgraded_before(component, hop.leg, hop.route, knowledge);
        return;
    }
    if (&hop.leg == &hop.route.legs.front()) return;
    if (const auto* bundle = bundle_of(component, hop.leg.from, knowledge); bundle != nullptr)
        left_ = parse_server_version(bundle->default_version());
}

std::optional<Version> VersionsBefore::of(const Server& server) const {
    auto version = parse_server_version(server.version);
    if (!version || !server.bundled) return version;
    if (component_ != v1::ServerIs::POSTGRESQL) return left_ ? left_ : version;
    version->minor = highest_minor;
    return std::max(version, left_);
}

}  // namespace preflight::readiness
