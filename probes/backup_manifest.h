// BackupManifest: what a backup says of itself: backup_information.yml of gitlab-backup (in the archive or
// beside its parts), backup_information.json of gitlab-backup-cli.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "probes/backup_name.h"

namespace preflight::probes {

inline constexpr std::string_view manifest_name = "backup_information.yml";
inline constexpr std::string_view cli_manifest_name = "backup_information.json";

struct BackupManifest {
    static constexpr std::size_t limit_bytes = 64 * 1024;

    BackupVersion version;
    std::optional<google::protobuf::Timestamp> created_at;
    std::string backup_id;                  // empty in manifests of older versions
    std::string installation_type;          // "omnibus-gitlab"
    std::vector<std::string> skipped;       // as SKIP named them, also "tar" and "remote"
    bool partial_repositories = false;      // only some storages or paths
    std::vector<std::string> storages;      // the only ones that were asked for; empty: all
    bool repositories_server_side = false;  // they lie where Gitaly's own backup puts them
};

// Ruby's YAML of one flat map with symbol keys (":gitlab_version: 19.2.1-ee"). MALFORMED without a version
// that reads.
Result<BackupManifest> parse_backup_manifest(std::string_view text, std::string_view source);
Result<BackupManifest> parse_cli_backup_manifest(std::string_view text, std::string_view source);

// "2026-08-12 02:00:00.000000000 Z", "2026-08-12 04:00:00 +0200", ISO 8601; UTC without a zone.
std::optional<google::protobuf::Timestamp> parse_manifest_time(std::string_view text);

}  // namespace preflight::probes
