#include "readiness/checks/backup_off_host.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "readiness/archives.h"
#include "readiness/attestations.h"
#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

constexpr std::string_view statement = "backups_kept_elsewhere";

struct Cases {
    v1::Verdict unseen =
        verdict(v1::UNKNOWN, "unseen", "whether a copy of the backups leaves the host was not seen");
    v1::Verdict none = verdict(v1::WARNING, "none",
                               "by the settings the backups stay on the host, and nobody has attested that a "
                               "copy is kept elsewhere");
    v1::Verdict not_uploaded =
        verdict(v1::WARNING, "not_uploaded", "the newest backup was made without being uploaded");
    v1::Verdict ready = verdict(v1::READY, "elsewhere", "a copy of the backups is kept off the host");
};

bool on_network(const FleetNode& node, const std::string& path) {
    const auto filesystems = findings_of<&v1::Finding::has_filesystem, &v1::Finding::filesystem>(node);
    return std::ranges::any_of(filesystems, [&path](const auto& entry) {
        const auto& paths = entry.first->paths();
        return entry.first->network() && std::ranges::find(paths, path) != paths.end();
    });
}

using Newest = std::unordered_map<const FleetNode*, const Archive*>;

Newest newest_of(const Archives& archives) {
    Newest newest;
    for (const auto& archive : archives.all) newest.try_emplace(archive.node, &archive);
    return newest;
}

// A backup that is left as a folder is not uploaded either.
bool left_here(const Archive& archive) {
    const auto& skipped = archive.what->skipped();
    return std::ranges::any_of(skipped,
                               [](const std::string& task) { return task == "remote" || task == "tar"; });
}

void judge_settings(const FleetNode& node, const v1::Finding& finding, const Newest& newest, Cases& cases) {
    const auto& settings = finding.backup_settings();
    const auto path = clipped(settings.path(), 160);
    if (on_network(node, settings.path()))
        return about(cases.ready, node, finding, path + " lies on a filesystem of the network");
    // The provider "Local" is a folder that is mounted, perhaps from the same disk.
    if (settings.upload_provider().empty() || settings.upload_provider() == "Local")
        return about(cases.none, node, finding, "nothing uploads the backups of " + path);
    const auto made = newest.find(&node);
    if (made != newest.end() && left_here(*made->second)) {
        return about(cases.not_uploaded, node, *made->second->finding,
                     archive_name(*made->second) + " was kept on the node alone");
    }
    about(cases.ready, node, finding,
          "uploaded to " + clipped(settings.upload_provider(), 60) + " " +
              clipped(settings.upload_directory(), 120));
}

void judge_node(const FleetNode& node, const Newest& newest, Cases& cases) {
    const auto all = findings_of<&v1::Finding::has_backup_settings, &v1::Finding::backup_settings>(node);
    if (all.empty() || !finished(node, "backups")) return about_unseen(cases.unseen, node, "backups");
    for (const auto& [settings, finding] : all) judge_settings(node, *finding, newest, cases);
}

// Who has made one or has it on a schedule; where nobody has, everyone who might.
std::vector<const FleetNode*> makers_of(const Fleet& fleet, const Newest& newest) {
    std::vector<const FleetNode*> able;
    std::vector<const FleetNode*> makers;
    for (const auto& node : fleet.nodes) {
        if (!may_make_backups(node)) continue;
        able.push_back(&node);
        const auto plans =
            findings_of<&v1::Finding::has_backup_schedule, &v1::Finding::backup_schedule>(node);
        const bool planned = std::ranges::any_of(plans, [](const auto& entry) {
            return entry.first->kind() == v1::BackupSchedule::APPLICATION && !entry.first->disabled();
        });
        if (planned || newest.contains(&node)) makers.push_back(&node);
    }
    return makers.empty() ? able : makers;
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge&) {
    const auto archives = archives_of(fleet);
    const auto newest = newest_of(archives);
    Cases cases;
    for (const auto* node : makers_of(fleet, newest)) judge_node(*node, newest, cases);
    std::vector<v1::Verdict> verdicts;
    for (auto* found : {&cases.unseen, &cases.none, &cases.not_uploaded}) keep(verdicts, std::move(*found));
    const auto* word = attested(upgrade, statement);
    if (word != nullptr && !fleet.nodes.empty())
        verdicts = {stated(*word, "a person states that copies of the backups are kept elsewhere")};
    keep(verdicts, std::move(cases.ready));
    if (verdicts.empty()) verdicts.push_back(Cases().unseen);  // nobody who makes backups reports
    return verdicts;
}

}  // namespace

constexpr Check backup_off_host{
    .id = "backup.off_host",
    .asks = "Is a copy of the backups kept off the hosts?",
    .judge = judge,
};

}  // namespace preflight::readiness
