// BackupName: what the file name of a backup says by itself: time, version and edition, unless it was named
// by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "preflight/v1/finding.pb.h"

namespace preflight::probes {

// GitLab's version as VERSION and the backups spell it: "19.2.1-ee", "19.3.0-rc42-ee", "19.2.1".
struct BackupVersion {
    std::string version;  // "19.2.1", "19.3.0-rc42"
    v1::Edition edition = v1::EDITION_UNSPECIFIED;

    friend bool operator==(const BackupVersion&, const BackupVersion&) = default;
};

// Without a suffix it is CE. Nothing for what is no version, or of an edition that is neither.
std::optional<BackupVersion> parse_backup_version(std::string_view text);

struct BackupName {
    std::string backup_id;                     // the name without its suffix
    std::optional<std::int64_t> unix_seconds;  // of the start; nothing in a name given by hand
    std::optional<BackupVersion> version;
};

// `<seconds>_<YYYY>_<MM>_<DD>_<version>_gitlab_backup.tar`, or a name of one's own before the suffix. Nothing
// for another file.
std::optional<BackupName> parse_backup_name(std::string_view file_name);
// The same without the suffix: the backup id, which directories have for a name.
BackupName parse_backup_id(std::string_view backup_id);

// `gitlab_config_<seconds>_<YYYY>_<MM>_<DD>.tar`; nothing for another name.
std::optional<std::int64_t> parse_configuration_backup_name(std::string_view file_name);

}  // namespace preflight::probes
