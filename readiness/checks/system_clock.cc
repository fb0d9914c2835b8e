#include "readiness/checks/system_clock.h"

#include "readiness/installed.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

struct Cases {
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "whether the clock is synchronised was not seen");
    v1::Verdict apart = verdict(v1::WARNING, "not_synchronised", "the clock is not synchronised");
    v1::Verdict ready = verdict(v1::READY, "synchronised", "the clock is synchronised");
};

void judge_node(const FleetNode& node, Cases& cases) {
    const auto hosts = findings_of<&v1::Finding::has_host, &v1::Finding::host>(node);
    if (hosts.empty()) return about_unseen(cases.unseen, node, "system");
    for (const auto& [host, finding] : hosts) {
        if (host->time_sync() == v1::Host::SYNCHRONISED) {
            about(cases.ready, node, *finding, "the kernel says that it is synchronised");
        } else if (host->time_sync() == v1::Host::NOT_SYNCHRONISED) {
            about(cases.apart, node, *finding, "the kernel says that it is not synchronised");
        } else {
            about(cases.unseen, node, *finding, "the kernel was not asked, or did not say");
        }
    }
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    for (const auto& node : fleet.nodes) {
        if (!without_gitlab(node)) judge_node(node, cases);
    }
    return kept({&cases.unseen, &cases.apart, &cases.ready}, fleet, "no_gitlab", "no node has GitLab");
}

}  // namespace

constexpr Check system_clock{
    .id = "system.clock",
    .asks = "Are the clocks synchronised?",
    .judge = judge,
};

}  // namespace preflight::readiness
