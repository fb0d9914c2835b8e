#include "readiness/archives.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using State = Archive::State;

bool holds(const google::protobuf::RepeatedPtrField<std::string>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

// What makes the archive useless as the way back, whatever else it holds. Empty when nothing does.
std::string fault_of(const v1::BackupArchive& archive) {
    const bool directory = archive.kind() == v1::BackupArchive::DIRECTORY;
    if (!directory && !archive.complete_end()) return "is truncated";
    if (!archive.manifest_read()) return {};
    if (directory && !holds(archive.skipped(), "tar")) return "was left by an interrupted backup";
    if (archive.partial_repositories()) return "holds only some of the repositories";
    for (const auto* task : {"db", "repositories"}) {
        const bool elsewhere = archive.repositories_server_side() && std::string_view(task) == "repositories";
        if (holds(archive.skipped(), task)) return std::string("leaves out ") + task;
        if (!elsewhere && !holds(archive.members(), task)) return std::string("has no ") + task + " in it";
    }
    return {};
}

// Tasks left out that hold data. "tar" and "remote" say how the backup is kept, not what it holds; images of
// the registry usually lie in object storage, which no backup holds.
std::vector<std::string> parts_left_out(const v1::BackupArchive& archive) {
    const std::set<std::string_view> harmless{"tar", "remote", "registry", ""};
    std::set<std::string> parts;
    for (const auto& task : archive.skipped()) {
        if (!harmless.contains(task)) parts.insert(clipped(task, 40));
    }
    return {parts.begin(), parts.end()};
}

Archive judged(const FleetNode& node, const v1::Finding& finding) {
    const auto& what = finding.backup_archive();
    Archive archive{&node, &finding, &what, State::not_full, fault_of(what)};
    if (!archive.why.empty()) return archive;
    if (!what.manifest_read()) {
        archive.state = State::unread;
        archive.why = "could not be read, only its name";
        return archive;
    }
    const auto parts = parts_left_out(what);
    archive.state = parts.empty() ? State::full : State::parts;
    archive.why = parts.empty() ? "holds everything" : "leaves out " + listed(parts);
    if (holds(what.skipped(), "registry")) archive.why += " (registry images left out)";
    return archive;
}

auto newest_first(const Archive& archive) {
    return std::tuple(-archive.what->created_at().seconds(), archive.what->path(), node_name(*archive.node));
}

std::string bucket_of(const Fleet& fleet) {
    std::string bucket;
    for (const auto& node : fleet.nodes) {
        for (const auto& [settings, finding] :
             findings_of<&v1::Finding::has_backup_settings, &v1::Finding::backup_settings>(node)) {
            if (settings->upload_provider().empty() && settings->upload_directory().empty()) continue;
            const auto name = settings->upload_directory().empty() ? settings->upload_provider()
                                                                   : settings->upload_directory();
            bucket = std::max(bucket, clipped(name, 120));
        }
    }
    return bucket;
}

// Backups are made on Rails nodes. Was every such node's backup folder looked into?
bool all_seen(const Fleet& fleet) {
    bool any = false;
    for (const auto& node : fleet.nodes) {
        if (without_gitlab(node)) continue;
        if (!roles_seen(node)) return false;
        if (!has_role(node, v1::NodeRoles::RAILS)) continue;
        const auto settings =
            findings_of<&v1::Finding::has_backup_settings, &v1::Finding::backup_settings>(node);
        const auto gaps = gaps_of(node, "backups");
        const bool blind = std::ranges::any_of(
            gaps, [](const v1::Finding* gap) { return gap->gap().cause() != v1::Gap::NOT_LIVE; });
        if (settings.empty() || blind) return false;
        any = true;
    }
    return any;
}

Absence absence_in(const Fleet& fleet, const std::string& bucket) {
    if (!bucket.empty()) return Absence::in_bucket;
    const auto all = installations(fleet);
    const bool cloud_native = std::ranges::any_of(all, [](const Installed& installed) {
        return installed.what->method() == v1::Installation::CLOUD_NATIVE;
    });
    if (cloud_native) return Absence::cloud_native;
    return all_seen(fleet) ? Absence::none : Absence::unseen;
}

}  // namespace

Archives archives_of(const Fleet& fleet) {
    Archives archives;
    for (const auto& node : fleet.nodes) {
        for (const auto& finding : node.inspection.findings()) {
            if (finding.has_backup_archive()) archives.all.push_back(judged(node, finding));
        }
    }
    std::ranges::stable_sort(archives.all, [](const Archive& left, const Archive& right) {
        return newest_first(left) < newest_first(right);
    });
    for (const auto state : {State::full, State::parts, State::unread}) {
        const auto found = std::ranges::find(archives.all, state, &Archive::state);
        if (found == archives.all.end()) continue;
        archives.best = &*found;
        break;
    }
    archives.bucket = bucket_of(fleet);
    archives.absence = absence_in(fleet, archives.bucket);
    return archives;
}

std::string archive_name(const Archive& archive) {
    const std::string_view path = archive.what->path();
    const auto slash = path.find_last_of('/');
    return clipped(slash == std::string_view::npos ? path : path.substr(slash + 1), 160);
}

}  // namespace preflight::readiness
