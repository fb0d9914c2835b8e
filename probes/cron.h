// Cron: which commands of a schedule (crontab, script of a daily run, systemd timer) make a backup of GitLab.
//
// A command line may hold secrets: only when and which kind of backup come out (backup_commands.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/finding.pb.h"
#include "probes/backup_commands.h"

namespace preflight::probes {

struct ScheduledBackup {
    std::string when;  // as written: "0 2 * * *", "@daily", "*-*-* 02:00:00"
    v1::BackupSchedule::Kind kind = v1::BackupSchedule::KIND_UNSPECIFIED;
    Skips skips;
    std::string folder;     // as MadeBackup's
    bool disabled = false;  // a timer that nothing starts

    friend bool operator==(const ScheduledBackup&, const ScheduledBackup&) = default;
};

ScheduledBackup scheduled(std::string when, MadeBackup made);

// Whether a user's name stands between the time and the command.
enum class CrontabForm { system, user };

std::vector<ScheduledBackup> parse_crontab(std::string_view text, CrontabForm form);
// "period delay name command" of anacron.
std::vector<ScheduledBackup> parse_anacrontab(std::string_view text);

// A file that a schedule starts, by its whole path: it may be a script that makes the backup.
struct ScheduledScript {
    std::string when;
    std::string path;
    Skips skips;  // what the environment that it is given skips

    friend bool operator==(const ScheduledScript&, const ScheduledScript&) = default;
};

std::vector<ScheduledScript> scripts_of_crontab(std::string_view text, CrontabForm form);

struct SystemdTimer {
    std::vector<std::string> when;  // OnCalendar's value; "OnUnitActiveSec=1d" for what is no calendar
    std::string unit;               // empty: the service of the timer's own name
};

SystemdTimer parse_systemd_timer(std::string_view text);
// What the service's ExecStart lines make.
std::vector<MadeBackup> backups_made_by_service(std::string_view text);
// What its Environment= skips.
Skips skips_of_service(std::string_view text);
// Paths of files that they start or name.
std::vector<std::string> scripts_of_service(std::string_view text);

}  // namespace preflight::probes
