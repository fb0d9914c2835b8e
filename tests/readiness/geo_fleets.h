// Geo fleets: a primary "main" and a secondary "copy", each in order but for what a test says.
#pragma once

#include <string>
#include <string_view>

#include "tests/readiness/losses.h"

namespace preflight::readiness {

inline std::string site(std::string_view fields, std::string_view more) {
    return "findings { probe: 'postgres' source: 'db:5432' geo_site { " + std::string(fields) +
           with_others(more, {{"enabled", "true"},
                              {"login_ready", "true"},
                              {"status_known", "true"},
                              {"reported_at", "{at 2026-08-21T11:58:00Z}"},
                              {"message", "'Healthy'"},
                              {"version", "'19.2.4'"},
                              {"lag_known", "true"},
                              {"storages_digest", "'ab'"},
                              {"last_event_id", "500"},
                              {"cursor_event_id", "500"}}) +
           " } } ";
}

inline std::string primary(std::string_view more = "") {
    return site("id: 1 name: 'main' url: 'https://git.example.test' primary: true ", more);
}

constexpr std::string_view all_data =
    " data { name: 'uploads' total: 40 synced: 40 to_verify: 40 verified: 40 }";

inline std::string secondary(std::string_view more = "") {
    return site("id: 2 name: 'copy' url: 'https://geo.example.test' ",
                std::string(more) + std::string(all_data));
}

inline std::string geo_role(std::string_view role, std::string_view name) {
    return "findings { probe: 'geo' geo_role { role: " + std::string(role) + " site_name: '" +
           std::string(name) + "' } } ";
}

// As the copy tells of itself.
inline std::string tracking(std::string_view more = "") {
    return "findings { probe: 'postgres' source: 'geodb:5431' taken_at {at 2026-08-21T11:00:00Z} geo_tracking"
           " { database: 'geo' registries { name: 'upload_registry' counted: true rows: 40 synced: 40 } " +
           with_others(more, {{"cursor_event_id", "500"}, {"last_event_id", "500"}}) + " } } ";
}

constexpr std::string_view geo_migrations =
    "findings { probe: 'postgres' schema_migrations { database: 'geo' applied: 90 files: 90 } } ";

inline FleetNode copy_node(const std::string& findings, std::string_view name = "geo1",
                           std::string_view migrations = geo_migrations) {
    auto copy =
        node(name, roles("RAILS") + geo_role("SECONDARY", "copy") + findings + std::string(migrations));
    copy.inspection.clear_probes();
    return copy;
}

inline Fleet sites(const std::string& findings, const std::string& of_copy = tracking()) {
    return fleet_of(
        {node("web1", roles("RAILS") + ran({"postgres"}) + geo_role("PRIMARY", "main") + findings),
         copy_node(of_copy)});
}

// Of the secondary alone, where the primary is in order.
template <typename Says>
auto of_copy(const Says& says_this) {
    return ::testing::UnorderedElementsAre(says(v1::READY, "in_order"), says_this);
}

}  // namespace preflight::readiness
