#include "readiness/checks/installation_leftovers.h"

#include "model/clock.h"
#include "readiness/age.h"
#include "readiness/installed.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

struct Cases {
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "whether anything was left behind was not seen");
    v1::Verdict found =
        verdict(v1::NOTE, "found", "an earlier upgrade or a removed component left something behind");
    v1::Verdict ready = verdict(v1::READY, "none", "nothing that is known was left behind");
};

void judge_node(const FleetNode& node, Cases& cases) {
    const auto left = findings_of<&v1::Finding::has_leftover, &v1::Finding::leftover>(node);
    for (const auto& [leftover, finding] : left) {
        auto what = clipped(leftover->path(), 160) + ": " + clipped(leftover->of(), 120);
        if (sensible(leftover->modified_at())) what += ", of " + to_iso8601(leftover->modified_at());
        about(cases.found, node, *finding, what);
    }
    if (!saw_all(node, "packages")) return about_unseen(cases.unseen, node, "packages");
    if (left.empty()) about_inspection(cases.ready, node, "nothing was found");
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    for (const auto& node : fleet.nodes) {
        if (installation_unseen(node)) about_unseen(cases.unseen, node, "installation");
        if (!installations(node).empty()) judge_node(node, cases);
    }
    return kept({&cases.unseen, &cases.found, &cases.ready}, fleet, "no_gitlab", "no node has GitLab");
}

}  // namespace

constexpr Check installation_leftovers{
    .id = "installation.leftovers",
    .asks = "Has an earlier upgrade left something behind?",
    .judge = judge,
};

}  // namespace preflight::readiness
