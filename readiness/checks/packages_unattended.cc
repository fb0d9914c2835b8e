#include "readiness/checks/packages_unattended.h"

#include <algorithm>

#include "readiness/installed.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

struct Cases {
    v1::Verdict unseen =
        verdict(v1::UNKNOWN, "unseen", "whether the package could be upgraded unasked was not seen");
    v1::Verdict armed = verdict(v1::WARNING, "armed", "the system upgrades GitLab's package unasked");
    v1::Verdict held =
        verdict(v1::NOTE, "armed_held", "the system upgrades packages unasked, only a hold keeps GitLab's");
    v1::Verdict ready = verdict(v1::READY, "unarmed", "nothing upgrades GitLab's package unasked");
};

std::string what_of(const v1::UnattendedUpgrades& upgrades) {
    const std::vector<std::string> origins(upgrades.origins().begin(), upgrades.origins().end());
    return clipped(upgrades.mechanism(), 60) + (upgrades.enabled() ? " installs" : " does not install") +
           (origins.empty() ? "" : ", by " + listed_first(origins, 3));
}

void judge_node(const FleetNode& node, Cases& cases) {
    if (!saw_all(node, "packages")) about_unseen(cases.unseen, node, "packages");
    const auto here = installations(node);
    const bool held =
        std::ranges::any_of(here, [](const Installed& installed) { return installed.what->held(); });
    bool armed = false;
    for (const auto& [upgrades, finding] :
         findings_of<&v1::Finding::has_unattended_upgrades, &v1::Finding::unattended_upgrades>(node)) {
        if (!upgrades->enabled() || !upgrades->covers_gitlab()) continue;
        armed = true;
        about(held ? cases.held : cases.armed, node, *finding, what_of(*upgrades));
    }
    if (!armed && saw_all(node, "packages")) about_inspection(cases.ready, node, "nothing is armed");
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    for (const auto& node : fleet.nodes) {
        if (installation_unseen(node)) about_unseen(cases.unseen, node, "installation");
        if (from_package(node)) judge_node(node, cases);
    }
    return kept({&cases.unseen, &cases.armed, &cases.held, &cases.ready}, fleet, "no_package",
                "no node has GitLab from a Linux package");
}

}  // namespace

constexpr Check packages_unattended{
    .id = "packages.unattended",
    .asks = "Could the package be upgraded unasked?",
    .judge = judge,
};

}  // namespace preflight::readiness
