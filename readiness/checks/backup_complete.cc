#include "readiness/checks/backup_complete.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "readiness/archives.h"
#include "readiness/attestations.h"
#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

// A node may keep hundreds of archives; the newest tell enough.
constexpr std::size_t archives_shown_max = 5;
constexpr std::string_view probe_of_buckets = "external_services";

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

// What lies in object storage is in no archive, whatever its members are.
struct Buckets {
    std::set<std::string> types;  // "lfs"; "all" where one connection serves them
    std::vector<std::pair<const FleetNode*, const v1::Finding*>> told_by;
    std::vector<const FleetNode*> unseen;  // Rails nodes that did not tell all of what they use
};

Buckets buckets_of(const Fleet& fleet) {
    // Of these GitLab makes no backup in any case, or they are its backups; the registry is noted by itself.
    constexpr std::array<std::string_view, 3> others{"backups", "registry", "dependency_proxy"};
    Buckets buckets;
    for (const auto& node : fleet.nodes) {
        for (const auto& [service, finding] :
             findings_of<&v1::Finding::has_external_service, &v1::Finding::external_service>(node)) {
            const bool counts = std::ranges::find(others, service->purpose()) == others.end();
            if (service->kind() != "object_storage" || !counts) continue;
            buckets.types.insert(service->purpose().empty() ? "all" : clipped(service->purpose(), 40));
            buckets.told_by.emplace_back(&node, finding);
        }
        const bool torn = broke_off(node, probe_of_buckets) || !gaps_of(node, probe_of_buckets).empty();
        if (torn && may_make_backups(node)) buckets.unseen.push_back(&node);
    }
    return buckets;
}

std::string words_of(const Buckets& buckets) {
    if (buckets.types.contains("all")) return "every type of file that has a bucket";
    return listed({buckets.types.begin(), buckets.types.end()});
}

// Of an archive in which nothing is missing.
v1::Verdict judge_full(const Archive& best, const Fleet& fleet, const Upgrade& upgrade) {
    const auto buckets = buckets_of(fleet);
    const auto name = archive_name(best);
    const auto* word = attested(upgrade, "object_storage_backed_up");
    if (buckets.types.empty() && (buckets.unseen.empty() || word != nullptr))
        return verdict(v1::READY, "full", name + " " + best.why);
    if (buckets.types.empty()) {
        auto unseen = verdict(v1::UNKNOWN, "buckets_unseen",
                              name +
                                  " is whole; whether data lie in object storage, and so in no archive, "
                                  "was not seen");
        for (const auto* node : buckets.unseen) about_unseen(unseen, *node, probe_of_buckets);
        return unseen;
    }
    const auto text = name + " is whole; in no archive: " + words_of(buckets) + ", in object storage";
    auto found = word == nullptr
                     ? verdict(v1::UNKNOWN, "in_object_storage",
                               text + ", and nobody has attested that the buckets have backups of their own")
                     : verdict(v1::READY, "full", text + ", which has backups of its own");
    for (const auto& [node, finding] : buckets.told_by) {
        const auto& purpose = finding->external_service().purpose();
        about(found, *node, *finding,
              "object storage for " + (purpose.empty() ? "all" : clipped(purpose, 40)));
    }
    if (word != nullptr) about(found, *word);
    return found;
}

v1::Verdict judge_best(const Archive& best, const Fleet& fleet, const Upgrade& upgrade) {
    const auto text = archive_name(best) + " " + best.why;
    switch (best.state) {
        case Archive::State::full:
            return judge_full(best, fleet, upgrade);
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

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge&) {
    const auto archives = archives_of(fleet);
    if (archives.best == nullptr) return judge_absence(fleet, archives);
    const auto& best = *archives.best;
    Verdicts verdicts{judge_best(best, fleet, upgrade)};
    const auto& members = best.what->members();
    if (best.state != Archive::State::unread && std::ranges::find(members, "registry") == members.end()) {
        verdicts.push_back(
            verdict(v1::NOTE, "without_registry", archive_name(best) + " holds no images of the registry"));
    }
    // That all is in it is not said of one that cannot hold what lies elsewhere.
    const bool whole = verdicts.front().summary() == archive_name(best) + " " + best.why;
    for (auto& found : verdicts) {
        if (whole || best.state != Archive::State::full) {
            show(found, best);
        } else {
            about(found, *best.node, *best.finding, archive_name(best));
        }
    }
    return verdicts;
}

}  // namespace

constexpr Check backup_complete{
    .id = "backup.complete",
    .asks = "Is there a backup that holds everything?",
    .judge = judge,
};

}  // namespace preflight::readiness
