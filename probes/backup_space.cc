#include "probes/backup_space.h"

#include <fmt/format.h>

#include <algorithm>

#include "probes/mounts.h"

namespace preflight::probes {
namespace {

void take_newest(const FoundBackup& newest, v1::BackupSpace& space) {
    space.set_newest_full(newest.archive.path());
    space.set_newest_full_bytes(newest.archive.size_bytes());
    space.add_terms("while tar packs it, its parts lie beside it: as much again until they are removed");
    space.add_terms(fmt::format("STRATEGY=copy needs up to its largest part more: {} bytes packed",
                                newest.largest_member_bytes));
}

}  // namespace

bool is_full_backup(const FoundBackup& found) {
    const auto& archive = found.archive;
    const auto skips = [&](std::string_view task) {
        return std::ranges::find(archive.skipped(), task) != archive.skipped().end();
    };
    return archive.manifest_read() && archive.kind() == v1::BackupArchive::TAR && archive.complete_end() &&
           !skips("db") && !skips("repositories") && !archive.partial_repositories();
}

v1::BackupSpace backup_space(const Node& node, const std::string& path, const FoundBackup* newest_full,
                             std::vector<Problem>* problems) {
    v1::BackupSpace space;
    const auto note = [&](const Problem& problem) {
        if (problems != nullptr && node.live()) problems->push_back(problem);
    };
    space.set_path(path);
    if (const auto numbers = node.filesystem(path)) {
        space.set_available_bytes(numbers->available_bytes);
        space.set_size_bytes(numbers->size_bytes);
    } else {
        note(numbers.error());
    }
    if (const auto mounts = read_mounts(node)) {
        const auto* mount = mounts->of(mounts->resolve(node, path));
        if (mount != nullptr) space.set_filesystem(mount->point);
    } else {
        note(mounts.error());
    }
    if (newest_full != nullptr) {
        take_newest(*newest_full, space);
    } else {
        space.add_terms("no full archive here to go by");
    }
    return space;
}

}  // namespace preflight::probes
