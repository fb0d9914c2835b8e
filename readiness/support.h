// Support: for which operating systems a version of GitLab has packages, by the knowledge's table.
#pragma once

#include <string>
#include <string_view>

#include "preflight/v1/finding.pb.h"
#include "preflight/v1/knowledge.pb.h"
#include "readiness/version.h"

namespace preflight::readiness {

// The row of this system; nullptr when the table has none.
const v1::OperatingSystemSupport* find_support(const v1::OperatingSystem& system,
                                               const v1::Knowledge& knowledge);

enum class Packages { offered, not_yet, ended, gap };
Packages packages_for(const v1::OperatingSystemSupport& support, const Version& version);

// From this target on the end of packages is near or announced.
bool ending(const v1::OperatingSystemSupport& support, const Version& target);

// One name for each architecture: "amd64" is x86_64, "arm64" is aarch64. Others as they are.
std::string architecture_name(std::string_view architecture);

}  // namespace preflight::readiness
