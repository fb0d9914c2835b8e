#include "readiness/catalog.h"

#include <array>
#include <vector>

#include "readiness/checks/backup_complete.h"
#include "readiness/checks/backup_configuration.h"
#include "readiness/checks/backup_fresh.h"
#include "readiness/checks/backup_off_host.h"
#include "readiness/checks/backup_proved.h"
#include "readiness/checks/backup_schedule.h"
#include "readiness/checks/backup_version.h"
#include "readiness/checks/certificates_expiry.h"
#include "readiness/checks/consul_cluster.h"
#include "readiness/checks/coverage_endpoints.h"
#include "readiness/checks/coverage_gaps.h"
#include "readiness/checks/coverage_nodes.h"
#include "readiness/checks/disk_room.h"
#include "readiness/checks/findings_sound.h"
#include "readiness/checks/geo_sites.h"
#include "readiness/checks/geo_sites_agree.h"
#include "readiness/checks/gitaly_servers.h"
#include "readiness/checks/installation_leftovers.h"
#include "readiness/checks/installation_marker_files.h"
#include "readiness/checks/installation_package_state.h"
#include "readiness/checks/installation_reconfigured.h"
#include "readiness/checks/installation_running.h"
#include "readiness/checks/knowledge_horizon.h"
#include "readiness/checks/known_issues_apply.h"
#include "readiness/checks/migrations_background.h"
#include "readiness/checks/migrations_schema.h"
#include "readiness/checks/migrations_search.h"
#include "readiness/checks/packages_repository.h"
#include "readiness/checks/packages_unattended.h"
#include "readiness/checks/packages_way_back.h"
#include "readiness/checks/path_required_stops.h"
#include "readiness/checks/patroni_cluster.h"
#include "readiness/checks/pgbouncer_state.h"
#include "readiness/checks/postgresql_extensions.h"
#include "readiness/checks/postgresql_health.h"
#include "readiness/checks/postgresql_nodes_agree.h"
#include "readiness/checks/postgresql_version.h"
#include "readiness/checks/praefect_state.h"
#include "readiness/checks/reachability_endpoints.h"
#include "readiness/checks/redis_health.h"
#include "readiness/checks/redis_sentinel.h"
#include "readiness/checks/redis_version.h"
#include "readiness/checks/secrets_agree.h"
#include "readiness/checks/secrets_applied.h"
#include "readiness/checks/secrets_open_database.h"
#include "readiness/checks/secrets_present.h"
#include "readiness/checks/settings_drift.h"
#include "readiness/checks/settings_one_node_migrates.h"
#include "readiness/checks/settings_removed.h"
#include "readiness/checks/system_clock.h"
#include "readiness/checks/system_filesystems.h"
#include "readiness/checks/system_supported.h"
#include "readiness/checks/version_one_version.h"
#include "readiness/checks/zero_downtime_eligible.h"

namespace preflight::readiness {
namespace {

constexpr std::array listed_checks{
    &path_required_stops,
    &known_issues_apply,
    &knowledge_horizon,
    &version_one_version,
    &installation_package_state,
    &installation_reconfigured,
    &installation_marker_files,
    &installation_running,
    &installation_leftovers,
    &packages_repository,
    &packages_unattended,
    &packages_way_back,
    &system_supported,
    &system_clock,
    &system_filesystems,
    &disk_room,
    &settings_removed,
    &settings_drift,
    &settings_one_node_migrates,
    &postgresql_version,
    &postgresql_extensions,
    &postgresql_health,
    &postgresql_nodes_agree,
    &patroni_cluster,
    &pgbouncer_state,
    &consul_cluster,
    &redis_version,
    &redis_health,
    &redis_sentinel,
    &gitaly_servers,
    &praefect_state,
    &migrations_background,
    &migrations_schema,
    &migrations_search,
    &geo_sites,
    &geo_sites_agree,
    &zero_downtime_eligible,
    &backup_complete,
    &backup_fresh,
    &backup_version,
    &backup_proved,
    &backup_configuration,
    &backup_schedule,
    &backup_off_host,
    &secrets_present,
    &secrets_agree,
    &secrets_applied,
    &secrets_open_database,
    &certificates_expiry,
    &reachability_endpoints,
    &coverage_endpoints,
    &coverage_nodes,
    &coverage_gaps,
    &findings_sound,
};

}  // namespace

std::span<const Check> catalog() {
    static const auto rows = [] {
        std::vector<Check> copies;
        copies.reserve(listed_checks.size());
        for (const auto* check : listed_checks) copies.push_back(*check);
        return copies;
    }();
    return rows;
}

}  // namespace preflight::readiness
