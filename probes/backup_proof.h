// BackupProof: how far a backup is proved: by its listing alone, and by reading it to its end.
//
// Nothing of the content is kept but the last bytes of a dump, and of names only those that GitLab gives.
#pragma once

#include <functional>
#include <optional>

#include "probes/backup_archive.h"
#include "probes/backup_ground.h"

namespace preflight::probes {

// NONE to LISTED: what `found` shows, held against the node.
v1::BackupProof proof_by_listing(const FoundBackup& found, const BackupGround& ground);

struct FoundProof {
    v1::BackupProof proof;
    std::optional<Problem> problem;  // the reading itself failed
};

// Asked between pieces of 64 KiB, and told what is proved so far: false ends the reading.
using KeepOnProving = std::function<bool(const v1::BackupProof& so_far)>;

// Up to VERSION_FITS: reads the whole archive, which `by_listing` and `archive` are of. Ended before its end
// it gives what is proved so far, and a note of how far it came.
FoundProof proof_by_reading(const TarBytes& read, const v1::BackupArchive& archive,
                            const v1::BackupProof& by_listing, const BackupGround& ground,
                            const KeepOnProving& keep_on);

}  // namespace preflight::probes
