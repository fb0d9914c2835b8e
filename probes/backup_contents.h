// BackupContents: one part of a backup read to its end: a dump of the database or an archive of files, both
// compressed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "preflight/v1/backup.pb.h"
#include "probes/inflate.h"

namespace preflight::probes {

// Of a member by its name ("db/database.sql.gz", "./uploads.tar.gz"): name without dot and kind are set.
// Nothing for what is not looked into.
std::optional<v1::BackupProof::Member> known_backup_part(std::string_view member_name);

// Reads the part to its end and fills in the outcome, which stays unspecified where the archive within passes
// a limit of ours. Where the source ends early for a reason of its own, the caller knows better than this
// outcome.
void read_backup_part(const PieceSource& next, v1::BackupProof::Member& part);

}  // namespace preflight::probes
