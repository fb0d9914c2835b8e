// Archives: the backups of one instance that its nodes see, and the one that a way back would rest on.
//
// Views into the fleet: they live no longer than it.
#pragma once

#include <string>
#include <vector>

#include "readiness/fleet.h"

namespace preflight::readiness {

struct Archive {
    enum class State {
        full,         // database and repositories, and nothing else left out but the registry
        server_side,  // the same, but the repositories lie in a bucket that nobody has seen
        parts,        // database and repositories; other data left out, or not in it
        unread,       // what it holds is not known
        not_full,     // database or repositories missing, torn, or of an interrupted backup
    };
    const FleetNode* node = nullptr;
    const v1::Finding* finding = nullptr;
    const v1::BackupArchive* what = nullptr;
    State state = State::not_full;
    std::string why;  // one phrase: "holds everything", "leaves out lfs, uploads", "is truncated"
};

// Why no archive may be there without there being none.
enum class Absence {
    none,          // every node that makes backups was seen: there is none
    in_bucket,     // they are uploaded, and cannot be seen from the nodes
    path_missing,  // some node's backup path is not there: perhaps it is not mounted
    cloud_native,  // they are made by the chart's toolbox, and cannot be seen from the nodes
    unseen,        // some node that makes backups could not be seen
};

struct Archives {
    std::vector<Archive> all;         // newest first
    const Archive* best = nullptr;    // newest full one; else newest with parts left out; else newest unread
    Absence absence = Absence::none;  // counts when there is no best
    std::string bucket;

    Archives() = default;
    Archives(const Archives&) = delete;
    Archives& operator=(const Archives&) = delete;
    Archives(Archives&&) = default;
    Archives& operator=(Archives&&) = default;
    ~Archives() = default;
};

Archives archives_of(const Fleet& fleet);

// Are backups made on the node, or might they be? On Rails nodes they are, and never on a secondary site's;
// one that does not say what it is might.
bool may_make_backups(const FleetNode& node);

// The gap is of one archive and not of the folder: it hides no other backup.
bool is_of_archive(const FleetNode& node, const v1::Finding& gap);

// The node's gaps of the probe backups that may hide a backup.
std::vector<const v1::Finding*> blinding_gaps(const FleetNode& node);

// File name of the archive, without its directory.
std::string archive_name(const Archive& archive);

}  // namespace preflight::readiness
