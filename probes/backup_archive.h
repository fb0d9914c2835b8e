// BackupArchive: one backup of the application as it lies on disk: a tar archive, or a directory of its
// parts.
//
// Looked at, never unpacked: headers of the archive, its manifest, and nothing else.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "preflight/v1/finding.pb.h"
#include "probes/node/node.h"
#include "probes/tar.h"

namespace preflight::probes {

struct FoundBackup {
    v1::BackupArchive archive;
    std::vector<Problem> problems;  // what of it could not be seen
    bool opened = false;            // there is more than a name
    bool by_cli = false;            // gitlab-backup-cli made it, whose parts are others
    // Storages that repositories/manifests/ names: the layout of Gitaly's backups since 15.x.
    std::set<std::string> storages;
    std::vector<std::string> storages_asked_for;  // by the manifest, which then wanted no others
    std::uint64_t largest_member_bytes = 0;
    std::uint64_t database_bytes = 0;  // of the database's dumps, packed, as far as the archive was walked
};

// What the name and the size say.
v1::BackupArchive backup_by_name(std::string_view path, std::uint64_t size_bytes);

// Adds what is inside. `keep_on` is asked between members: false ends the walk as TIMED_OUT.
FoundBackup read_backup_tar(const TarBytes& read, std::uint64_t size_bytes, std::string_view path,
                            const std::function<bool()>& keep_on);

// A directory with a manifest in it: left by SKIP=tar or an interrupted backup (backup_information.yml), or
// made by gitlab-backup-cli (backup_information.json). Nothing when it has no such manifest. `entries` are
// its own, where the caller has listed it already.
std::optional<FoundBackup> read_backup_directory(const Node& node, std::string_view path,
                                                 std::string_view manifest_name,
                                                 const std::vector<DirectoryEntry>* entries = nullptr);

// The task (as SKIP names it) whose content the member is: "db" for "./db/database.sql.gz". An empty file is
// no content.
std::optional<std::string> backup_task_of(std::string_view member_name, bool is_file,
                                          std::uint64_t size_bytes);

// The last two blocks are the end mark: all that can be said without walking to it.
bool has_tar_end_mark(const TarBytes& read, std::uint64_t size_bytes);

}  // namespace preflight::probes
