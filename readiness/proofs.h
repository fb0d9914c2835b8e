// Proof: how far one backup is proved, as the node that holds it says.
//
// A view into the fleet: it lives no longer than it.
#pragma once

#include "readiness/archives.h"

namespace preflight::readiness {

struct LastProof {
    const v1::BackupProof* what = nullptr;  // nullptr: nothing is told
    const v1::Finding* finding = nullptr;
};

// The one that counts: of a backup that was read, the proof that tells how far the reading came.
LastProof last_proof(const Archive& archive);

}  // namespace preflight::readiness
