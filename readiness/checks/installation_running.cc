#include "readiness/checks/installation_running.h"

#include <algorithm>
#include <array>

#include "model/clock.h"
#include "readiness/age.h"
#include "readiness/installed.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

constexpr std::string_view probe = "running_binaries";

struct Cases {
    v1::Verdict unseen =
        verdict(v1::UNKNOWN, "unseen", "whether the services run what is installed was not seen");
    v1::Verdict older =
        verdict(v1::WARNING, "not_restarted", "services still run programs from before the last upgrade");
    v1::Verdict supervisor =
        verdict(v1::NOTE, "supervisor", "the supervisor still runs programs from before the last upgrade");
    v1::Verdict ready = verdict(v1::READY, "current", "the services run what is installed");
};

// The package does not restart these: a restart of them is one of everything.
bool supervises(std::string_view path) {
    constexpr std::array<std::string_view, 3> programs{"runsvdir", "runsv", "svlogd"};
    return std::ranges::find(programs, path.substr(path.rfind('/') + 1)) != programs.end();
}

std::string what_of(const v1::RunningBinary& binary) {
    auto process = " (process " + std::to_string(binary.process()) + ")";
    if (sensible(binary.started_at())) process += " since " + to_iso8601(binary.started_at());
    return clipped(binary.path(), 160) + passing(process) +
           (binary.deleted() ? ", its file was replaced" : "");
}

// Should anything of GitLab's run here by what else is seen?
bool should_run(const FleetNode& node) {
    const auto roles = findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node);
    return roles.empty() ||
           std::ranges::any_of(roles, [](const auto& found) { return !found.first->roles().empty(); });
}

void judge_node(const FleetNode& node, Cases& cases) {
    const auto found = findings_of<&v1::Finding::has_running_binary, &v1::Finding::running_binary>(node);
    for (const auto& [binary, finding] : found) {
        const bool older = binary->deleted() || binary->older_than_installed();
        auto& one = !older ? cases.ready : supervises(binary->path()) ? cases.supervisor : cases.older;
        about(one, node, *finding, what_of(*binary));
    }
    if (!saw_all(node, probe) || (found.empty() && should_run(node))) about_unseen(cases.unseen, node, probe);
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    for (const auto& node : fleet.nodes) {
        if (installation_unseen(node)) about_unseen(cases.unseen, node, "installation");
        if (from_package_or_image(node)) judge_node(node, cases);
    }
    return kept({&cases.unseen, &cases.older, &cases.supervisor, &cases.ready}, fleet, "no_package",
                "no node has GitLab from a package or an image");
}

}  // namespace

constexpr Check installation_running{
    .id = "installation.running",
    .asks = "Do all services run what is installed?",
    .judge = judge,
};

}  // namespace preflight::readiness
