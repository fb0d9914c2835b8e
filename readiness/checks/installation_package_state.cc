#include "readiness/checks/installation_package_state.h"

#include <utility>

#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

struct Cases {
    v1::Verdict half_configured =
        verdict(v1::BLOCKER, "half_configured",
                "the package is half installed: an earlier upgrade died in its scripts");
    v1::Verdict unread = verdict(v1::UNKNOWN, "unread", "the package manager's database could not be read");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "how GitLab is installed was not seen");
    v1::Verdict not_in_database =
        verdict(v1::WARNING, "not_in_database",
                "GitLab lies in /opt/gitlab, but the package manager does not know it");
    v1::Verdict two_versions = verdict(
        v1::WARNING, "two_versions", "the files of the package name two versions: it is not unpacked whole");
    v1::Verdict untold = verdict(v1::UNKNOWN, "untold",
                                 "files of the installation differ, and the agent does not tell in what: "
                                 "whether the package is unpacked whole is open");
    v1::Verdict held = verdict(v1::WARNING, "held", "the package is held at its version");
    v1::Verdict ready = verdict(v1::READY, "whole", "the package is whole and free to be upgraded");
};

// Do the files of the package agree with each other, as far as was told?
bool judge_files(const FleetNode& node, Cases& cases) {
    const auto differences = installation_differences(node, v1::Difference::PACKAGE_VERSION);
    for (const auto& [finding, what, told] : differences) {
        about(told ? cases.two_versions : cases.untold, node, *finding,
              what->used() + " and " + what->other() + ": " + what->detail());
    }
    return differences.empty();
}

void judge_package(const Installed& installed, Cases& cases) {
    const auto& [node, finding, what, version] = installed;
    const auto package = what->package_name().empty() ? std::string("package") : what->package_name();
    switch (what->package_state()) {
        case v1::Installation::INSTALLED:
            break;
        case v1::Installation::HALF_CONFIGURED:
            return about(cases.half_configured, *node, *finding, package + " is half configured");
        case v1::Installation::NOT_IN_DATABASE:
            return about(cases.not_in_database, *node, *finding, "not in the package database");
        default:
            return about(cases.unread, *node, *finding, "no package database was read");
    }
    const bool agree = judge_files(*node, cases);
    if (!what->held() && !agree) return;
    if (!what->held()) return about(cases.ready, *node, *finding, package + " " + what->package_version());
    const auto by = what->held_by().empty() ? std::string() : " by " + what->held_by();
    about(cases.held, *node, *finding, package + " is held" + by);
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    for (const auto& node : fleet.nodes) {
        if (installation_unseen(node)) about_unseen(cases.unseen, node, "installation");
        for (const auto& installed : installations(node)) {
            if (installed.what->method() == v1::Installation::LINUX_PACKAGE) judge_package(installed, cases);
        }
    }
    std::vector<v1::Verdict> verdicts;
    for (auto* found : {&cases.half_configured, &cases.unread, &cases.unseen, &cases.not_in_database,
                        &cases.two_versions, &cases.untold, &cases.held, &cases.ready}) {
        keep(verdicts, std::move(*found));
    }
    if (!verdicts.empty()) return verdicts;
    if (fleet.nodes.empty()) return {verdict(v1::UNKNOWN, "unseen", "no node has reported")};
    return {verdict(v1::NOT_APPLICABLE, "no_package", "no node has GitLab from a Linux package")};
}

}  // namespace

constexpr Check installation_package_state{
    .id = "installation.package_state",
    .asks = "Is the package whole on every node, and free to be upgraded?",
    .judge = judge,
};

}  // namespace preflight::readiness
