#include "probes/backup_folder.h"

#include <algorithm>
#include <chrono>
#include <functional>

#include "probes/backup_name.h"
#include "probes/plain_text.h"

namespace preflight::probes {
namespace {

// An entry that is named as an archive. Its status costs a walk of the path: only those of a name that tells
// no time are asked before the order is known.
struct Candidate {
    std::string path;
    TimePoint time;
};

Result<FileStatus> status_of_archive(const Node& node, const std::string& path) {
    auto status = node.status(path);
    if (status && status->type != FileType::regular) {
        return Problem{v1::Gap::REFUSED, path, "named as an archive, but no regular file"};
    }
    return status;
}

// A link to its neighbour ("latest") is no backup of its own.
bool links_to_neighbour(const Node& node, const DirectoryEntry& entry, const std::string& path) {
    if (entry.type != FileType::link) return false;
    const auto link = node.read_link(path);
    return link && link->find('/') == std::string::npos;
}

std::vector<Candidate> candidates_of(const Node& node, const std::string& directory, BackupFolder& folder) {
    std::vector<Candidate> candidates;
    for (const auto& entry : folder.entries) {
        const auto name = parse_backup_name(entry.name);
        if (!name || entry.type == FileType::directory) continue;
        if (!is_plain_line(entry.name)) {
            folder.problems.push_back(malformed(directory, "an archive's name is not text"));
            continue;
        }
        auto path = directory + "/" + entry.name;
        if (links_to_neighbour(node, entry, path)) continue;
        if (name->unix_seconds) {
            candidates.push_back({std::move(path), TimePoint(std::chrono::seconds(*name->unix_seconds))});
            continue;
        }
        const auto status = status_of_archive(node, path);
        if (status) {
            candidates.push_back({std::move(path), status->modified_at});
        } else {
            folder.problems.push_back(status.error());
        }
    }
    std::ranges::stable_sort(candidates, std::ranges::greater(), &Candidate::time);
    return candidates;
}

}  // namespace

Result<BackupFolder> list_backups(const Node& node, const std::string& directory) {
    auto entries = node.list(directory, BackupFolder::entry_limit);
    if (!entries) return entries.error();
    BackupFolder folder;
    folder.entries = std::move(*entries);
    for (auto& candidate : candidates_of(node, directory, folder)) {
        if (folder.archives.size() == BackupFolder::archive_limit) {
            folder.problems.push_back({v1::Gap::DROPPED, candidate.path, "more archives than are reported"});
            break;
        }
        const auto status = status_of_archive(node, candidate.path);
        if (status) {
            folder.archives.push_back({std::move(candidate.path), status->size_bytes, candidate.time});
        } else {
            folder.problems.push_back(status.error());
        }
    }
    return folder;
}

}  // namespace preflight::probes
