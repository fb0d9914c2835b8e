// BackupFolder: the archives of one directory by their names, newest first; none is opened here.
#pragma once

#include <string>
#include <vector>

#include "model/clock.h"
#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct ArchiveFile {
    std::string path;
    std::uint64_t size_bytes = 0;
    TimePoint time;  // of the name, else of the last change: only for the order
};

struct BackupFolder {
    // Other files may lie there in any number; archives are reported to a limit.
    static constexpr std::size_t entry_limit = 200'000;
    static constexpr std::size_t archive_limit = 1'000;

    std::vector<DirectoryEntry> entries;
    std::vector<ArchiveFile> archives;
    std::vector<Problem> problems;  // archives that are none, or more than are reported
};

Result<BackupFolder> list_backups(const Node& node, const std::string& directory);

}  // namespace preflight::probes
