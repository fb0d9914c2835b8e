// BackupGround: what this node has that a backup is held against: the version that runs and the storages
// that are configured.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/result.h"
#include "probes/backup_name.h"
#include "probes/gitlab_yml.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct BackupGround {
    std::optional<BackupVersion> running;  // as VERSION of Rails says; nothing on a node without
    std::string running_text;              // "19.2.1-ee"
    std::vector<std::string> storages;     // of gitlab.yml, sorted
    std::string upload_provider;           // where copies go; empty: nowhere
    std::vector<std::string> in_buckets;   // types of files in object storage: "lfs"; "all" by one connection
    std::vector<Problem> problems;         // what kept version or storages from being known
};

// `yml` is what the node's gitlab.yml gave.
BackupGround read_backup_ground(const Node& node, const Result<GitlabYml>& yml);

}  // namespace preflight::probes
