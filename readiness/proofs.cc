#include "readiness/proofs.h"

#include <tuple>

namespace preflight::readiness {

// One that was read has two proofs or more: how far the reading came tells which is the last. Of one that was
// not read each is as good; what was found out against it counts.
LastProof last_proof(const Archive& archive) {
    LastProof last;
    const auto later = [](const v1::BackupProof& one) {
        return std::tuple(one.bytes_read(), one.members_size(), one.members_read(), one.tasks_missing_size(),
                          -static_cast<int>(one.rung()));
    };
    for (const auto& [proof, finding] :
         findings_of<&v1::Finding::has_backup_proof, &v1::Finding::backup_proof>(*archive.node)) {
        if (proof->path() != archive.what->path()) continue;
        if (last.what == nullptr || later(*last.what) < later(*proof)) last = {proof, finding};
    }
    return last;
}

}  // namespace preflight::readiness
