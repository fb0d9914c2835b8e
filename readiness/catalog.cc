#include "readiness/catalog.h"

#include <array>

#include "readiness/checks/backup_complete.h"
#include "readiness/checks/backup_configuration.h"
#include "readiness/checks/backup_fresh.h"
#include "readiness/checks/backup_version.h"
#include "readiness/checks/coverage_endpoints.h"
#include "readiness/checks/coverage_gaps.h"
#include "readiness/checks/coverage_nodes.h"
#include "readiness/checks/installation_marker_files.h"
#include "readiness/checks/installation_package_state.h"
#include "readiness/checks/installation_reconfigured.h"
#include "readiness/checks/path_required_stops.h"
#include "readiness/checks/secrets_present.h"
#include "readiness/checks/system_supported.h"
#include "readiness/checks/version_one_version.h"

namespace preflight::readiness {

std::span<const Check> catalog() {
    static const std::array rows{
        path_required_stops,
        version_one_version,
        installation_package_state,
        installation_reconfigured,
        installation_marker_files,
        system_supported,
        backup_complete,
        backup_fresh,
        backup_version,
        backup_configuration,
        secrets_present,
        coverage_endpoints,
        coverage_nodes,
        coverage_gaps,
    };
    return rows;
}

}  // namespace preflight::readiness
