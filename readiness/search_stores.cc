#include "readiness/search_stores.h"

#include <algorithm>
#include <array>

namespace preflight::readiness {

bool is_search_store_of_database(std::string_view kind) { return kind == "elasticsearch" || kind == "zoekt"; }

bool search_store_seen(const Fleet& fleet, std::string_view kind) {
    return std::ranges::any_of(fleet.nodes, [kind](const FleetNode& node) {
        const auto all =
            findings_of<&v1::Finding::has_instance_settings, &v1::Finding::instance_settings>(node);
        return std::ranges::any_of(all, [kind](const auto& entry) {
            const auto& read = entry.first->stores_read();
            return std::ranges::find(read, kind) != read.end();
        });
    });
}

bool search_stores_seen(const Fleet& fleet) {
    constexpr std::array<std::string_view, 3> kinds{"clickhouse", "elasticsearch", "zoekt"};
    return std::ranges::all_of(kinds,
                               [&fleet](std::string_view kind) { return search_store_seen(fleet, kind); });
}

}  // namespace preflight::readiness
