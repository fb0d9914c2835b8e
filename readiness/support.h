// Support: for which operating systems a version of GitLab has packages, by the knowledge's table.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "preflight/v1/finding.pb.h"
#include "preflight/v1/knowledge.pb.h"
#include "readiness/version.h"

namespace preflight::readiness {

// The row of this system; nullptr when the table has none.
const v1::OperatingSystemSupport* find_support(const v1::OperatingSystem& system,
                                               const v1::Knowledge& knowledge);

// Which of the packages of one system a node runs.
struct Build {
    std::string architecture;  // as architecture_name() has it; empty: not seen
    bool fips = false;
};

Build build_of(const v1::Installation& installation, const v1::OperatingSystem& system);

enum class Packages { offered, not_yet, ended, gap, never };
Packages packages_for(const v1::OperatingSystemSupport& support, const Build& build, const Version& version);

// The first version with packages of this build; nothing when it is older than all that is known, or never
// was.
std::optional<Version> first_version(const v1::OperatingSystemSupport& support, const Build& build);

// From this target on the end of packages is near or announced.
bool ending(const v1::OperatingSystemSupport& support, const Version& target);

// One name for each architecture: "amd64" is x86_64, "arm64" is aarch64. Others as they are.
std::string architecture_name(std::string_view architecture);

}  // namespace preflight::readiness
