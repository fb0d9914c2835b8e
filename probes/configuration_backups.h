// ConfigurationBackups: the archives that `gitlab-ctl backup-etc` makes of /etc/gitlab.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/clock.h"
#include "model/result.h"
#include "preflight/v1/finding.pb.h"
#include "probes/backup_schedules.h"
#include "probes/node/node.h"
#include "probes/parsed.h"
#include "probes/tar.h"

namespace preflight::probes {

struct ConfigurationBackupFile {
    std::string path;
    std::uint64_t size_bytes = 0;
    TimePoint created_at;  // by its name, else by its time of change
};

// Newest first, of the usual folder and of those that schedules name. What is there and cannot be looked at
// is a problem, and so is a scheduled folder that is not there; the usual one need not be.
Parsed<ConfigurationBackupFile> list_configuration_backups(const Node& node,
                                                           const BackupSchedules& schedules);

struct FoundConfigurationBackup {
    v1::ConfigurationBackup backup;
    std::optional<Problem> problem;
    std::optional<TarMember> secrets;  // gitlab-secrets.json within it
};

v1::ConfigurationBackup configuration_backup_by_name(const ConfigurationBackupFile& file);
FoundConfigurationBackup read_configuration_backup(const ConfigurationBackupFile& file, const TarBytes& read,
                                                   const std::function<bool()>& keep_on);

}  // namespace preflight::probes
