#include "readiness/installed.h"

#include <algorithm>

#include "readiness/survey.h"

namespace preflight::readiness {

std::vector<Installed> installations(const FleetNode& node) {
    std::vector<Installed> found;
    for (const auto& here : found_installations(node))
        found.push_back({&node, here.finding, here.what, here.version});
    return found;
}

std::vector<Installed> installations(const Fleet& fleet) {
    if (fleet.survey && fleet.survey->installed) return *fleet.survey->installed;
    std::vector<Installed> found;
    for (const auto& node : fleet.nodes) {
        const auto here = installations(node);
        found.insert(found.end(), here.begin(), here.end());
    }
    return found;
}

bool installation_unseen(const FleetNode& node) {
    const auto none = bit_of(v1::Installation::NONE);
    return (installation_methods(node) & ~(none | bit_of(v1::Installation::METHOD_UNSPECIFIED))) == 0 &&
           !without_gitlab(node);
}

bool without_gitlab(const FleetNode& node) {
    return installation_methods(node) == bit_of(v1::Installation::NONE);
}

bool saw_markers(const FleetNode& node) {
    if (installation_unseen(node) || broke_off(node, "installation")) return false;
    // The probe looks in that folder for these files alone.
    return std::ranges::none_of(gaps_of(node, "installation"), [](const v1::Finding* gap) {
        return gap->source().starts_with("/etc/gitlab");
    });
}

std::vector<InstallationDifference> installation_differences(const FleetNode& node,
                                                             v1::Difference::Kind kind) {
    std::vector<InstallationDifference> differences;
    for (const auto& [difference, finding] :
         findings_of<&v1::Finding::has_difference, &v1::Finding::difference>(node)) {
        if (finding->probe() != "installation") continue;
        const bool known = difference->kind() != v1::Difference::KIND_UNSPECIFIED &&
                           v1::Difference::Kind_IsValid(difference->kind());
        if (difference->kind() == kind || !known) differences.push_back({finding, difference, known});
    }
    return differences;
}

bool from_package(const FleetNode& node) {
    return (installation_methods(node) & bit_of(v1::Installation::LINUX_PACKAGE)) != 0;
}

bool from_package_or_image(const FleetNode& node) {
    const auto either = bit_of(v1::Installation::LINUX_PACKAGE) | bit_of(v1::Installation::DOCKER);
    return (installation_methods(node) & either) != 0;
}

std::optional<Version> lowest_version(const Fleet& fleet) {
    std::optional<Version> lowest;
    for (const auto& installed : installations(fleet)) {
        if (installed.version && (!lowest || *installed.version < *lowest)) lowest = installed.version;
    }
    return lowest;
}

std::string version_text(const Version& version, v1::Edition edition) {
    if (edition == v1::EE) return version.text() + "-ee";
    if (edition == v1::CE) return version.text() + "-ce";
    return version.text();
}

}  // namespace preflight::readiness
