// BackupSchedules: when backups of GitLab are made on this node: crontabs, scripts of the daily runs, systemd
// timers, and the scripts that these start.
#pragma once

#include <string>
#include <vector>

#include "model/result.h"
#include "probes/cron.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct FoundSchedule {
    std::string source;  // crontab, script or timer
    ScheduledBackup backup;
};

struct BackupSchedules {
    std::vector<FoundSchedule> found;
    std::vector<Problem> problems;  // what is there and could not be read
};

BackupSchedules read_backup_schedules(const Node& node);

}  // namespace preflight::probes
