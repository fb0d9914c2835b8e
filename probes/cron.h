// Cron: which commands of a schedule (crontab, script of a daily run, systemd timer) make a backup of GitLab.
//
// A command line may hold secrets: only when and which kind of backup come out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/finding.pb.h"

namespace preflight::probes {

struct ScheduledBackup {
    std::string when;  // as written: "0 2 * * *", "@daily", "*-*-* 02:00:00"
    v1::BackupSchedule::Kind kind = v1::BackupSchedule::KIND_UNSPECIFIED;

    friend bool operator==(const ScheduledBackup&, const ScheduledBackup&) = default;
};

// Whether a user's name stands between the time and the command.
enum class CrontabForm { system, user };

std::vector<ScheduledBackup> parse_crontab(std::string_view text, CrontabForm form);
// "period delay name command" of anacron.
std::vector<ScheduledBackup> parse_anacrontab(std::string_view text);

// A file that a schedule starts, by its whole path: it may be a script that makes the backup.
struct ScheduledScript {
    std::string when;
    std::string path;

    friend bool operator==(const ScheduledScript&, const ScheduledScript&) = default;
};

std::vector<ScheduledScript> scripts_of_crontab(std::string_view text, CrontabForm form);

// Kinds of backup that the commands of a shell script or of one command line make, each once. Comments do not
// count.
std::vector<v1::BackupSchedule::Kind> backups_made_by(std::string_view script);

struct SystemdTimer {
    std::vector<std::string> when;  // OnCalendar's value; "OnUnitActiveSec=1d" for what is no calendar
    std::string unit;               // empty: the service of the timer's own name
};

SystemdTimer parse_systemd_timer(std::string_view text);
// What the service's ExecStart lines make.
std::vector<v1::BackupSchedule::Kind> backups_made_by_service(std::string_view text);
// Paths of files that they start or name.
std::vector<std::string> scripts_of_service(std::string_view text);

}  // namespace preflight::probes
