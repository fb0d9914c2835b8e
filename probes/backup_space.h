// BackupSpace: whether the filesystem of the backup path has room for the next full backup.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "preflight/v1/finding.pb.h"
#include "probes/backup_archive.h"
#include "probes/node/node.h"

namespace preflight::probes {

// Holds database and repositories: what a full backup is, whatever else it skips.
bool is_full_backup(const FoundBackup& found);

// `newest_full` may be nullptr: then there is nothing to go by, and the terms say so. Numbers of the
// filesystem stay 0 where only a tree is seen. Of a live node's `problems` are what kept it from being known.
v1::BackupSpace backup_space(const Node& node, const std::string& path, const FoundBackup* newest_full,
                             std::vector<Problem>* problems = nullptr);

}  // namespace preflight::probes
