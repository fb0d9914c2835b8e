// PackageHold: which file keeps the package manager from changing GitLab's package: pins, version locks,
// excludes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct PackageHold {
    std::optional<std::string> held_by;  // the first file that says so
    std::vector<Problem> problems;       // files that might say so and cannot be read
};

// Looks at the files of apt, dnf, yum and zypper. dpkg's own hold is in its database (package_database.h).
PackageHold find_package_hold(const Node& node);

// The pure parts. Each names packages by patterns, so that "gitlab-*" counts and "gitlab-runner" does not.
// A stanza of apt's preferences that names GitLab and pins a version, or forbids all by a negative priority.
bool pins_gitlab(std::string_view apt_preferences);
// A line of dnf's or yum's version lock: "gitlab-ee-0:19.2.1-ee.0.el9.*".
bool locks_gitlab(std::string_view version_lock);
// A lock of zypper's: "solvable_name: gitlab-ee".
bool zypper_locks_gitlab(std::string_view locks);
// exclude= or excludepkgs= of dnf.conf, yum.conf or a repository.
bool excludes_gitlab(std::string_view configuration);

}  // namespace preflight::probes
