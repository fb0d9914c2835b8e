#include "readiness/checks/packages_way_back.h"

#include <algorithm>

#include "readiness/installed.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

struct Cases {
    v1::Verdict unseen =
        verdict(v1::UNKNOWN, "unseen", "whether the package of the running version is at hand was not seen");
    v1::Verdict gone =
        verdict(v1::WARNING, "not_at_hand",
                "the package of the running version is not on the node, and no source is enabled");
    v1::Verdict to_fetch =
        verdict(v1::NOTE, "to_be_fetched",
                "the package of the running version is not on the node; a source is enabled, and whether it "
                "still has that version was not seen");
    v1::Verdict ready = verdict(v1::READY, "at_hand", "the package of the running version is on the node");
};

bool is_of(const v1::PackageCache& package, const v1::Installation& installed) {
    return package.package_name() == installed.package_name() &&
           package.version() == installed.package_version();
}

void judge_package(const FleetNode& node, const Installed& installed, Cases& cases) {
    const auto& what = *installed.what;
    const auto name = clipped(what.package_name(), 60) + " " + clipped(what.package_version(), 80);
    if (what.package_name().empty() || what.package_version().empty()) {
        about(cases.unseen, node, *installed.finding, "which package is installed was not told");
        return;
    }
    for (const auto& [package, finding] :
         findings_of<&v1::Finding::has_package_cache, &v1::Finding::package_cache>(node)) {
        if (is_of(*package, what)) return about(cases.ready, node, *finding, clipped(package->path(), 200));
    }
    if (!saw_all(node, "packages")) return about_unseen(cases.unseen, node, "packages");
    const auto sources = findings_of<&v1::Finding::has_package_source, &v1::Finding::package_source>(node);
    const bool has_source =
        std::ranges::any_of(sources, [](const auto& source) { return source.first->enabled(); });
    about(has_source ? cases.to_fetch : cases.gone, node, *installed.finding, name + " is in no cache");
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    for (const auto& node : fleet.nodes) {
        if (installation_unseen(node)) about_unseen(cases.unseen, node, "installation");
        for (const auto& installed : installations(node)) {
            if (installed.what->method() == v1::Installation::LINUX_PACKAGE)
                judge_package(node, installed, cases);
        }
    }
    return kept({&cases.unseen, &cases.gone, &cases.to_fetch, &cases.ready}, fleet, "no_package",
                "no node has GitLab from a Linux package");
}

}  // namespace

constexpr Check packages_way_back{
    .id = "packages.way_back",
    .asks = "Is the package of the running version at hand?",
    .judge = judge,
};

}  // namespace preflight::readiness
