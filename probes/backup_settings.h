// BackupSettings: where this node's GitLab puts its backups and how long it keeps them: gitlab.yml, else the
// attributes JSON, else literals of gitlab.rb, else the default. Of an upload only provider and bucket, never
// its keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/result.h"
#include "preflight/v1/finding.pb.h"
#include "probes/gitlab_yml.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct FoundBackupSettings {
    std::string source;
    v1::BackupSettings settings;    // path_present is the caller's to fill in
    std::vector<Problem> problems;  // what kept a better source from being read, or a value from being known
};

// Of a node with Rails, whose gitlab.yml gave `yml`; the others make no backups of the application.
FoundBackupSettings read_backup_settings(const Node& node, const Result<GitlabYml>& yml);

// The pure part for gitlab.yml: a relative path lies beneath the root that the file belongs to.
FoundBackupSettings backup_settings_of(const GitlabYml& yml);

}  // namespace preflight::probes
