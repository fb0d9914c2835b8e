// Installed: which GitLab runs on which node, as the nodes themselves say.
//
// Views into the fleet: they live no longer than it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "readiness/fleet.h"
#include "readiness/version.h"

namespace preflight::readiness {

struct Installed {
    const FleetNode* node = nullptr;
    const v1::Finding* finding = nullptr;
    const v1::Installation* what = nullptr;
    std::optional<Version> version;  // nothing where none was seen, or where it is none
};

// Every installation of GitLab in the fleet; nodes that say they have none are not among them.
std::vector<Installed> installations(const Fleet& fleet);
std::vector<Installed> installations(const FleetNode& node);

// The node did not say whether it has GitLab: no inspection, no finding, or one without a method.
bool installation_unseen(const FleetNode& node);
// The node says that it has no GitLab.
bool without_gitlab(const FleetNode& node);

// The node looked for marker files in /etc/gitlab: those that it does not tell of are not there.
bool saw_markers(const FleetNode& node);

// One that the files of the node's installation show among themselves.
struct InstallationDifference {
    const v1::Finding* finding = nullptr;
    const v1::Difference* what = nullptr;
    bool told = false;  // it is of this kind; else its kind is none that is known here, and it may be
};
std::vector<InstallationDifference> installation_differences(const FleetNode& node,
                                                             v1::Difference::Kind kind);

// The node has GitLab from a Linux package, which its package manager upgrades.
bool from_package(const FleetNode& node);

// The package brings it, what runs it, and gitlab.rb that configures it: from a Linux package, or from an
// image that holds one. GitLab from source has none of these.
bool from_package_or_image(const FleetNode& node);

// The lowest version that any node runs: where the path begins.
std::optional<Version> lowest_version(const Fleet& fleet);

// "19.2.1-ee"; without a suffix when the edition was not seen.
std::string version_text(const Version& version, v1::Edition edition);

}  // namespace preflight::readiness
