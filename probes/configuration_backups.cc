#include "probes/configuration_backups.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "probes/backup_name.h"
#include "probes/gitlab_presence.h"
#include "probes/paths.h"
#include "probes/plain_text.h"

namespace preflight::probes {
namespace {

// tar keeps the leading slash here (--absolute-names); archives packed by hand lack it.
std::string_view relative(std::string_view member_name) {
    while (member_name.starts_with("./")) member_name.remove_prefix(2);
    while (member_name.starts_with('/')) member_name.remove_prefix(1);
    return member_name;
}

bool is_that(const TarMember& member, std::string_view path) {
    return member.is_file() && member.size_bytes > 0 && relative(member.name) == relative(path);
}

using Files = Parsed<ConfigurationBackupFile>;

void list(const Node& node, const std::string& folder, Files& found) {
    const auto entries = node.list(folder);
    if (!entries) {
        const bool usual = folder == paths::config_backups && entries.error().cause == v1::Gap::ABSENT;
        if (!usual) found.problems.push_back(entries.error());
        return;
    }
    for (const auto& entry : *entries) {
        const std::string_view name = entry.name;
        if (!name.starts_with("gitlab_config_") || !name.ends_with(".tar")) continue;
        if (!is_plain_line(name)) {
            found.unclear(folder, "a file's name is not text");
            continue;
        }
        auto path = folder + "/" + entry.name;
        const auto status = node.status(path);
        if (!status) {
            found.problems.push_back(status.error());
        } else if (status->type != FileType::regular) {
            found.problems.push_back({v1::Gap::REFUSED, path, "not a regular file"});
        } else {
            const auto seconds = parse_configuration_backup_name(name);
            const auto created_at = seconds ? TimePoint(std::chrono::seconds(*seconds)) : status->modified_at;
            found.items.push_back({std::move(path), status->size_bytes, created_at});
        }
    }
}

}  // namespace

Files list_configuration_backups(const Node& node, const BackupSchedules& schedules) {
    Files found;
    std::set<std::string> folders{std::string(paths::config_backups)};
    // What a host without GitLab starts in a container names the container's folders.
    const bool here = has_gitlab(node);
    for (const auto& [source, backup] : schedules.found) {
        if (!here || backup.folder.empty()) continue;
        if (backup.folder.starts_with('/')) {
            folders.insert(backup.folder);
        } else {
            found.unclear(source, "the folder of its backups of the configuration is computed");
        }
    }
    for (const auto& folder : folders) list(node, folder, found);
    std::ranges::stable_sort(found.items, std::ranges::greater(), &ConfigurationBackupFile::created_at);
    return found;
}

v1::ConfigurationBackup configuration_backup_by_name(const ConfigurationBackupFile& file) {
    v1::ConfigurationBackup backup;
    backup.set_path(file.path);
    backup.set_size_bytes(file.size_bytes);
    *backup.mutable_created_at() = to_timestamp(file.created_at);
    return backup;
}

FoundConfigurationBackup read_configuration_backup(const ConfigurationBackupFile& file, const TarBytes& read,
                                                   const std::function<bool()>& keep_on) {
    FoundConfigurationBackup found;
    found.backup = configuration_backup_by_name(file);
    const auto walk = walk_tar(read, file.size_bytes, file.path, [&](const TarMember& member) {
        if (is_that(member, paths::secrets_json)) {
            found.backup.set_has_secrets(true);
            found.secrets = member;
        }
        if (is_that(member, paths::gitlab_rb)) found.backup.set_has_gitlab_rb(true);
        return keep_on();
    });
    found.backup.set_members_read(walk.complete_end);
    found.problem = walk.problem;
    if (walk.stopped) found.problem = Problem{v1::Gap::TIMED_OUT, file.path, "not walked to its end in time"};
    return found;
}

}  // namespace preflight::probes
