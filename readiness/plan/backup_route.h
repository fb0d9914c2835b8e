// Backup route: how the backup of a GitLab version reaches the database, and its restore; neither may go
// through PgBouncer.
#pragma once

#include <cstdint>

#include "preflight/v1/knowledge.pb.h"
#include "readiness/version.h"

namespace preflight::readiness {

enum class BackupRoute : std::uint8_t {
    as_rails,        // no PgBouncer is known before the database
    by_override,     // variables of the command name the server
    past_pgbouncer,  // the version passes over those: its node has to reach the server directly
};

BackupRoute backup_route(bool through_pgbouncer, const Version& version, const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
