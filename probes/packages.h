// packages: where GitLab's package comes from, whether the way back lies on the node, who may upgrade it
// unasked, what earlier upgrades left, and which of the package's files were changed.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe packages;

// ".el9" of an rpm's version is "el9"; a deb's says nothing of the system.
std::string system_suffix(std::string_view package_version);

// "jammy" of "packages.gitlab.com_gitlab_gitlab-ee_ubuntu_dists_jammy_InRelease"; empty for another's list.
std::string suite_of_list(std::string_view name);

}  // namespace preflight::probes
