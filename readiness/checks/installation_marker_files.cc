#include "readiness/checks/installation_marker_files.h"

#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    std::vector<v1::Verdict> verdicts;
    auto unseen = verdict(v1::UNKNOWN, "unseen", "whether marker files are in /etc/gitlab was not seen");
    auto none = verdict(v1::READY, "none", "no file in /etc/gitlab changes what the package does");
    for (const auto& node : fleet.nodes) {
        const auto markers = findings_of<&v1::Finding::has_marker_file, &v1::Finding::marker_file>(node);
        for (const auto& [marker, finding] : markers) {
            auto found = verdict(v1::NOTE, "found",
                                 clipped(marker->path(), 200) + ": " + clipped(marker->effect(), 300));
            about(found, node, *finding, marker->path() + " is there");
            verdicts.push_back(std::move(found));
        }
        if (!saw_markers(node)) {
            about_unseen(unseen, node, "installation");
        } else if (markers.empty() && from_package_or_image(node)) {
            about_inspection(none, node, "no marker file was found");
        }
    }
    keep(verdicts, unseen);
    keep(verdicts, none);
    if (!verdicts.empty()) return verdicts;
    if (fleet.nodes.empty()) return {verdict(v1::UNKNOWN, "unseen", "no node has reported")};
    return {verdict(v1::NOT_APPLICABLE, "no_package", "no node that reported has GitLab from its package")};
}

}  // namespace

constexpr Check installation_marker_files{
    .id = "installation.marker_files",
    .asks = "Do files in /etc/gitlab change what the package does when it is upgraded?",
    .judge = judge,
};

}  // namespace preflight::readiness
