#include "readiness/checks/installation_reconfigured.h"

#include <utility>

#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

struct Cases {
    v1::Verdict pending =
        verdict(v1::WARNING, "pending", "the last reconfigure was of another version or revision");
    v1::Verdict not_applied =
        verdict(v1::WARNING, "not_applied", "the configuration was edited after the last reconfigure");
    v1::Verdict untold = verdict(v1::UNKNOWN, "untold",
                                 "files of the installation differ, and the agent does not tell in what: "
                                 "whether its configuration is applied is open");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "which version was last configured was not seen");
    v1::Verdict ready = verdict(v1::READY, "done", "the installed version is the configured one");
};

// Is there a difference that a reconfigure would settle, or may be one?
bool judge_edits(const FleetNode& node, Cases& cases) {
    const auto differences = installation_differences(node, v1::Difference::NOT_APPLIED);
    for (const auto& [finding, what, told] : differences) {
        about(told ? cases.not_applied : cases.untold, node, *finding, what->other() + " " + what->detail());
    }
    return !differences.empty();
}

// Only Rails leaves a mark of its reconfigure; other nodes have nothing to compare.
void judge_node(const Installed& installed, bool edited, Cases& cases) {
    const auto& [node, finding, what, version] = installed;
    const auto method = what->method();
    if (method != v1::Installation::LINUX_PACKAGE && method != v1::Installation::DOCKER) return;
    if (what->pending_reconfigure()) {
        return about(cases.pending, *node, *finding,
                     "installed " + what->version() + ", configured " + what->configured_version());
    }
    if (!what->configured_version().empty()) {
        if (edited) return;
        return about(cases.ready, *node, *finding, "configured " + what->configured_version());
    }
    if (runs_application(*node) || !roles_seen(*node)) {
        about(cases.unseen, *node, *finding, "no configured version was found");
    }
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    for (const auto& node : fleet.nodes) {
        if (installation_unseen(node)) about_unseen(cases.unseen, node, "installation");
        const bool edited = judge_edits(node, cases);
        for (const auto& installed : installations(node)) judge_node(installed, edited, cases);
    }
    std::vector<v1::Verdict> verdicts;
    for (auto* found : {&cases.unseen, &cases.untold, &cases.pending, &cases.not_applied, &cases.ready})
        keep(verdicts, std::move(*found));
    if (!verdicts.empty()) return verdicts;
    if (fleet.nodes.empty()) return {verdict(v1::UNKNOWN, "unseen", "no node has reported")};
    return {verdict(v1::NOT_APPLICABLE, "no_mark",
                    "no node here runs Rails from the package, so none keeps such a mark")};
}

}  // namespace

constexpr Check installation_reconfigured{
    .id = "installation.reconfigured",
    .asks = "Was every node reconfigured since its package was installed?",
    .judge = judge,
};

}  // namespace preflight::readiness
