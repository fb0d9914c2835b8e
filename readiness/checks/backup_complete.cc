#include "readiness/checks/backup_complete.h"

#include <algorithm>

#include "readiness/archives.h"
#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

// A node may keep hundreds of archives; the newest tell enough.
constexpr std::size_t archives_shown_max = 5;

void show(v1::Verdict& verdict, const Archive& archive) {
    about(verdict, *archive.node, *archive.finding, archive_name(archive) + " " + archive.why);
}

v1::Verdict without_any(const Fleet& fleet, const Archives& archives) {
    switch (archives.absence) {
        case Absence::in_bucket:
            return verdict(v1::UNKNOWN, "in_bucket",
                           "no complete backup lies on the nodes; they are uploaded to " + archives.bucket +
                               ", which cannot be seen from here");
        case Absence::cloud_native:
            return verdict(v1::UNKNOWN, "cloud_native",
                           "backups of a cloud native instance cannot be seen from its nodes");
        case Absence::path_missing:
            return verdict(v1::UNKNOWN, "path_missing",
                           "no complete backup was seen, and a backup path is not there (not mounted?)");
        case Absence::unseen:
            break;
        case Absence::none:
            if (archives.all.empty()) return verdict(v1::BLOCKER, "none", "there is no backup at all");
            return verdict(v1::BLOCKER, "not_full",
                           "of " + counted(archives.all.size(), "archive") +
                               " none is complete; the newest " + archives.all.front().why);
    }
    auto unseen = verdict(v1::UNKNOWN, "unseen",
                          "no complete backup was seen, and not every node that makes backups was");
    for (const auto& node : fleet.nodes) {
        const bool makes_backups = has_role(node, v1::NodeRoles::RAILS) || !roles_seen(node);
        if (makes_backups && !without_gitlab(node)) about_unseen(unseen, node, "backups");
    }
    return unseen;
}

// Where was looked.
void show_folders(v1::Verdict& verdict, const Fleet& fleet) {
    for (const auto& node : fleet.nodes) {
        for (const auto& [settings, finding] :
             findings_of<&v1::Finding::has_backup_settings, &v1::Finding::backup_settings>(node)) {
            about(verdict, node, *finding,
                  "backup path " + settings->path() + (settings->path_present() ? "" : " is not there"));
        }
    }
}

v1::Verdict judge_best(const Archive& best) {
    const auto text = archive_name(best) + " " + best.why;
    switch (best.state) {
        case Archive::State::full:
            return verdict(v1::READY, "full", text);
        case Archive::State::server_side:
            return verdict(v1::UNKNOWN, "server_side", text + ", which nobody has seen");
        case Archive::State::parts:
            return verdict(v1::UNKNOWN, "parts_left_out",
                           text + "; whether these lie in object storage was not seen");
        default:
            return verdict(v1::UNKNOWN, "unread", text);
    }
}

Verdicts judge_absence(const Fleet& fleet, const Archives& archives) {
    auto without = without_any(fleet, archives);
    if (archives.absence != Absence::unseen) show_folders(without, fleet);
    const auto shown = std::min(archives.all.size(), archives_shown_max);
    for (std::size_t index = 0; index < shown; ++index) show(without, archives.all[index]);
    return {without};
}

Verdicts judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    const auto archives = archives_of(fleet);
    if (archives.best == nullptr) return judge_absence(fleet, archives);
    const auto& best = *archives.best;
    Verdicts verdicts{judge_best(best)};
    const auto& members = best.what->members();
    if (best.state != Archive::State::unread && std::ranges::find(members, "registry") == members.end()) {
        verdicts.push_back(
            verdict(v1::NOTE, "without_registry", archive_name(best) + " holds no images of the registry"));
    }
    for (auto& found : verdicts) show(found, best);
    return verdicts;
}

}  // namespace

constexpr Check backup_complete{
    .id = "backup.complete",
    .asks = "Is there a backup that holds everything?",
    .judge = judge,
};

}  // namespace preflight::readiness
