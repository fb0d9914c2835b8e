// Filesystems: what lies under GitLab's paths, and how much room is left there.
#pragma once

#include <string>
#include <vector>

#include "probes/mounts.h"
#include "probes/probe.h"

namespace preflight::probes {

// GitLab's paths: those of the package, the backup path of gitlab.yml and the storages of Gitaly's
// config.toml. What of these files cannot be read is a gap.
std::vector<std::string> gitlab_paths(const Node& node, Findings& out);

// One finding per mount that holds any of the paths: local ones first, those of the network last, for to ask
// one that hangs is not to come back. In a tree the numbers stay unset. `mounts` may be empty: then by
// device, without a type.
void look_at_filesystems(const Node& node, const Mounts& mounts, const std::vector<std::string>& paths,
                         Findings& out);

}  // namespace preflight::probes
