#include "readiness/checks/system_filesystems.h"

#include <fmt/format.h>

#include <algorithm>

#include "readiness/installed.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Filesystem = v1::Filesystem;

constexpr double few_inodes = 0.05;
constexpr double hardly_any_inodes = 0.01;
constexpr std::string_view repositories = "/var/opt/gitlab/git-data";

struct Cases {
    v1::Verdict read_only =
        verdict(v1::BLOCKER, "read_only", "a filesystem that GitLab writes to is mounted read-only");
    v1::Verdict exhausted =
        verdict(v1::BLOCKER, "inodes_gone", "a filesystem has less than 1 % of its inodes left");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "not every filesystem of GitLab's was seen");
    v1::Verdict few = verdict(v1::WARNING, "inodes_few", "a filesystem has less than 5 % of its inodes left");
    v1::Verdict network = verdict(v1::WARNING, "network", "repositories lie on a filesystem of a network");
    v1::Verdict ready = verdict(v1::READY, "fit", "the filesystems are fit");
};

bool is_beneath(std::string_view path, std::string_view top) {
    return path.starts_with(top) &&
           (path.size() == top.size() || path[top.size()] == '/' || top.ends_with('/'));
}

// Where this node's Gitaly has its storages, as it says and by default.
std::vector<std::string> storages_of(const FleetNode& node) {
    if (roles_seen(node) && !has_role(node, v1::NodeRoles::GITALY)) return {};
    std::vector<std::string> paths{std::string(repositories)};
    for (const auto& [server, finding] :
         findings_of<&v1::Finding::has_gitaly_server, &v1::Finding::gitaly_server>(node)) {
        for (const auto& storage : server->storages()) {
            if (!storage.path().empty()) paths.push_back(storage.path());
        }
    }
    return paths;
}

class Judging {
  public:
    explicit Judging(Cases& cases) : cases_(cases) {}

    void judge(const FleetNode& node) {
        const auto found = findings_of<&v1::Finding::has_filesystem, &v1::Finding::filesystem>(node);
        const auto storages = storages_of(node);
        for (const auto& [filesystem, finding] : found) {
            telling_.begin(node, *finding, "");
            judge(*filesystem, storages);
        }
        if (found.empty() || !saw_all(node, "system")) about_unseen(cases_.unseen, node, "system");
    }

  private:
    void judge(const Filesystem& filesystem, const std::vector<std::string>& storages) {
        const auto where =
            clipped(filesystem.mount_point(), 120) + " (" + clipped(filesystem.type(), 40) + ")";
        // The root alone may well be: what is written lies on others then.
        const bool written =
            std::ranges::any_of(filesystem.paths(), [](const std::string& path) { return path != "/"; });
        if (filesystem.read_only() && written) telling_.say(cases_.read_only, where);
        if (filesystem.size_bytes() == 0) telling_.say(cases_.unseen, where + ": its size was not told");
        judge_inodes(filesystem, where);
        const auto storage = std::ranges::find_if(filesystem.paths(), [&](const std::string& path) {
            return std::ranges::any_of(storages, [&](const auto& top) { return is_beneath(path, top); });
        });
        if (filesystem.network() && storage != filesystem.paths().end())
            telling_.say(cases_.network, clipped(*storage, 120) + " on " + where);
        telling_.end(cases_.ready, where);
    }

    void judge_inodes(const Filesystem& filesystem, const std::string& where) {
        if (filesystem.inodes() == 0) return;
        const auto share =
            static_cast<double>(filesystem.inodes_available()) / static_cast<double>(filesystem.inodes());
        if (share >= few_inodes) return;
        telling_.say(
            share < hardly_any_inodes ? cases_.exhausted : cases_.few,
            where + ": " +
                passing(fmt::format("{:.1f} %, {} inodes", share * 100, filesystem.inodes_available())));
    }

    Cases& cases_;
    Telling telling_;
};

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    Judging judging(cases);
    for (const auto& node : fleet.nodes) {
        if (!without_gitlab(node)) judging.judge(node);
    }
    return kept({&cases.read_only, &cases.exhausted, &cases.unseen, &cases.few, &cases.network, &cases.ready},
                fleet, "no_gitlab", "no node has GitLab");
}

}  // namespace

constexpr Check system_filesystems{
    .id = "system.filesystems",
    .asks = "Are the filesystems fit for an upgrade?",
    .judge = judge,
};

}  // namespace preflight::readiness
