// Archive fit: whether a backup is of exactly the version and edition that a return leads to; no other can be
// restored there.
#pragma once

#include <string>

#include "preflight/v1/way_back.pb.h"
#include "readiness/archives.h"
#include "readiness/version.h"

namespace preflight::readiness {

struct ArchiveFit {
    v1::ReturnNeed::State state;  // PROVED; MISSING: it is of another; NOT_KNOWN
    std::string sentence;
};

// While a fleet is between two versions, what runs on the node of the archive is not what is gone back to.
ArchiveFit fit_of(const Archive& archive, const Version& back_to, const Fleet& fleet);

// The best archive where it fits; nullptr: it does not, nobody knows, or there is none.
const Archive* fitting(const Archives& archives, const Version& back_to, const Fleet& fleet);

}  // namespace preflight::readiness
