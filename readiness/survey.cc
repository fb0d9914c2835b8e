#include "readiness/survey.h"

namespace preflight::readiness {

void survey(Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    auto made = std::make_shared<Survey>();
    fleet.survey = made;  // each part may rest on those before it
    made->installed = installations(fleet);
    made->hosts = hosts_of(fleet);
    made->missing = not_there(fleet, upgrade.expected_nodes);
    made->settings = setting_uses(fleet);
    made->secrets = secret_groups(fleet);
    made->endpoints = endpoints_of(fleet, upgrade.external);
    made->servers = all_servers_of(fleet, upgrade);
    made->route = find_route(fleet, upgrade, knowledge);
}

}  // namespace preflight::readiness
