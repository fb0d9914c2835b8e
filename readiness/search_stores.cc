#include "readiness/search_stores.h"

#include <set>
#include <string>

namespace preflight::readiness {

bool search_stores_seen(const Fleet& fleet) {
    std::set<std::string> unread{"clickhouse", "elasticsearch", "zoekt"};
    for (const auto& node : fleet.nodes) {
        for (const auto& [settings, finding] :
             findings_of<&v1::Finding::has_instance_settings, &v1::Finding::instance_settings>(node)) {
            for (const auto& kind : settings->stores_read()) unread.erase(kind);
        }
    }
    return unread.empty();
}

}  // namespace preflight::readiness
