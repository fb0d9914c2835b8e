#include "readiness/survey.h"

namespace preflight::readiness {

void survey(Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    auto made = std::make_shared<Survey>();
    fleet.survey = made;  // each part may rest on those before it
    made->hosts = hosts_of(fleet);
    made->settings = setting_uses(fleet);
    made->secrets = secret_groups(fleet);
    made->endpoints = endpoints_of(fleet, upgrade.external);
    for (int number = v1::ServerIs::Component_MIN; number <= v1::ServerIs::Component_MAX; ++number) {
        const auto component = static_cast<v1::ServerIs::Component>(number);
        made->servers.emplace(component, servers_of(component, fleet, upgrade));
    }
    made->route = find_route(fleet, upgrade, knowledge);
}

}  // namespace preflight::readiness
