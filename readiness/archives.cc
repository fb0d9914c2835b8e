#include "readiness/archives.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "readiness/installed.h"
#include "readiness/sites.h"
#include "readiness/verdict.h"
#include "readiness/version.h"

namespace preflight::readiness {
namespace {

using State = Archive::State;

bool holds(const google::protobuf::RepeatedPtrField<std::string>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

bool in_tar(const v1::BackupArchive& archive) { return archive.kind() != v1::BackupArchive::DIRECTORY; }

bool is_beneath(std::string_view path, std::string_view top) {
    return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

// The probe had time and right to read the archive to its end, whatever it found there.
bool read_to_end(const FleetNode& node, const v1::BackupArchive& archive) {
    const auto gaps = gaps_of(node, "backups");
    return std::ranges::none_of(gaps, [&archive](const v1::Finding* gap) {
        const auto cause = gap->gap().cause();
        return is_beneath(gap->source(), archive.path()) && cause != v1::Gap::MALFORMED &&
               cause != v1::Gap::ABSENT;
    });
}

bool has_place(const v1::BackupArchive& archive, std::string_view task) {
    return holds(archive.members(), task) || (task == "repositories" && archive.repositories_server_side());
}

// What makes the archive useless as the way back, whatever else it holds. Empty when nothing does.
std::string fault_of(const v1::BackupArchive& archive, bool whole) {
    if (whole && in_tar(archive) && !archive.complete_end()) return "is truncated";
    if (!archive.manifest_read()) return {};
    if (!in_tar(archive) && !holds(archive.skipped(), "tar")) return "was left by an interrupted backup";
    if (archive.partial_repositories()) return "holds only some of the repositories";
    for (const auto* task : {"db", "repositories"}) {
        if (holds(archive.skipped(), task)) return std::string("leaves out ") + task;
        if (whole && !has_place(archive, task)) return std::string("has no ") + task + " in it";
    }
    return {};
}

// Tasks left out that hold data. "tar" and "remote" say how the backup is kept, not what it holds; images of
// the registry usually lie in object storage, which no backup holds.
std::set<std::string> parts_left_out(const v1::BackupArchive& archive) {
    const std::set<std::string_view> harmless{"tar", "remote", "registry", ""};
    std::set<std::string> parts;
    for (const auto& task : archive.skipped()) {
        if (!harmless.contains(task)) parts.insert(clipped(task, 40));
    }
    return parts;
}

// Tasks of which the archive says neither that it holds nor that it leaves them out. A task counts from the
// version on that came with it (from general knowledge); where the version was not seen all of them count.
std::set<std::string> parts_missing(const v1::BackupArchive& archive) {
    static const std::array<std::pair<Version, std::string_view>, 9> tasks{{
        {{0, 0, 0}, "uploads"},
        {{0, 0, 0}, "builds"},
        {{0, 0, 0}, "artifacts"},
        {{0, 0, 0}, "lfs"},
        {{0, 0, 0}, "pages"},
        {{14, 7, 0}, "terraform_state"},
        {{14, 7, 0}, "packages"},
        {{15, 2, 0}, "ci_secure_files"},
        {{17, 1, 0}, "external_diffs"},
    }};
    const auto version = parse_version(archive.version());
    std::set<std::string> parts;
    for (const auto& [since, task] : tasks) {
        if (version && *version < since) continue;
        if (!holds(archive.members(), task) && !holds(archive.skipped(), task)) parts.emplace(task);
    }
    return parts;
}

std::string words_of(const std::set<std::string>& words) { return listed({words.begin(), words.end()}); }

// What a reader must know of an archive with database and repositories.
std::string description_of(const std::set<std::string>& left_out, const std::set<std::string>& missing,
                           const v1::BackupArchive& archive) {
    std::string text = left_out.empty() ? "" : "leaves out " + words_of(left_out);
    if (!missing.empty()) text += (text.empty() ? "has no " : "; has no ") + words_of(missing);
    if (text.empty()) text = "holds everything";
    if (archive.repositories_server_side()) text += ", the repositories in object storage";
    return text + (holds(archive.members(), "registry") ? "" : ", without registry images");
}

Archive judged(const FleetNode& node, const v1::Finding& finding) {
    const auto& what = finding.backup_archive();
    const bool whole = read_to_end(node, what);
    Archive archive{&node, &finding, &what, State::not_full, fault_of(what, whole)};
    if (!archive.why.empty()) return archive;
    const bool has_both = has_place(what, "db") && has_place(what, "repositories");
    const bool ended = !in_tar(what) || what.complete_end();
    if (!what.manifest_read() || !has_both || !ended) {
        archive.state = State::unread;
        archive.why =
            what.manifest_read() ? "could not be read to its end" : "could not be read, only its name";
        return archive;
    }
    const auto left_out = parts_left_out(what);
    const auto missing = parts_missing(what);
    archive.state = !left_out.empty() || !missing.empty() ? State::parts
                    : what.repositories_server_side()     ? State::server_side
                                                          : State::full;
    archive.why = description_of(left_out, missing, what);
    return archive;
}

// Of two of one second the order is the names', so that no order of arrival shows.
bool newer(const Archive& left, const Archive& right) {
    const auto left_at = left.what->created_at().seconds();
    const auto right_at = right.what->created_at().seconds();
    if (left_at != right_at) return left_at > right_at;
    return std::tuple(left.what->path(), node_name(*left.node)) <
           std::tuple(right.what->path(), node_name(*right.node));
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
        if (settings.empty() || !blinding_gaps(node).empty()) return false;
        any = true;
    }
    return any;
}

// An archive may lie where a file system is not mounted now.
bool path_missing(const Fleet& fleet) {
    return std::ranges::any_of(fleet.nodes, [](const FleetNode& node) {
        const auto all = findings_of<&v1::Finding::has_backup_settings, &v1::Finding::backup_settings>(node);
        return has_role(node, v1::NodeRoles::RAILS) &&
               std::ranges::any_of(all, [](const auto& entry) { return !entry.first->path_present(); });
    });
}

Absence absence_in(const Fleet& fleet, const std::string& bucket) {
    if (!bucket.empty()) return Absence::in_bucket;
    const auto all = installations(fleet);
    const bool cloud_native = std::ranges::any_of(all, [](const Installed& installed) {
        return installed.what->method() == v1::Installation::CLOUD_NATIVE;
    });
    if (cloud_native) return Absence::cloud_native;
    if (path_missing(fleet)) return Absence::path_missing;
    return all_seen(fleet) ? Absence::none : Absence::unseen;
}

}  // namespace

Archives archives_of(const Fleet& fleet) {
    Archives archives;
    for (const auto& node : fleet.nodes) {
        for (const auto& [archive, finding] :
             findings_of<&v1::Finding::has_backup_archive, &v1::Finding::backup_archive>(node))
            archives.all.push_back(judged(node, *finding));
    }
    std::ranges::stable_sort(archives.all, newer);
    for (const auto state : {State::full, State::server_side, State::parts, State::unread}) {
        const auto found = std::ranges::find(archives.all, state, &Archive::state);
        if (found == archives.all.end()) continue;
        archives.best = &*found;
        break;
    }
    archives.bucket = bucket_of(fleet);
    archives.absence = absence_in(fleet, archives.bucket);
    return archives;
}

bool may_make_backups(const FleetNode& node) {
    const bool application = has_role(node, v1::NodeRoles::RAILS) || !roles_seen(node);
    return application && !without_gitlab(node) && !is_of_secondary(node);
}

bool is_of_archive(const FleetNode& node, const v1::Finding& gap) {
    const auto archives = findings_of<&v1::Finding::has_backup_archive, &v1::Finding::backup_archive>(node);
    return gap.probe() == "backups" && std::ranges::any_of(archives, [&gap](const auto& entry) {
               return !entry.first->path().empty() && is_beneath(gap.source(), entry.first->path());
           });
}

std::vector<const v1::Finding*> blinding_gaps(const FleetNode& node) {
    auto gaps = gaps_of(node, "backups");
    std::erase_if(gaps, [&node](const v1::Finding* gap) {
        return gap->gap().cause() == v1::Gap::NOT_LIVE || is_of_archive(node, *gap);
    });
    return gaps;
}

std::string archive_name(const Archive& archive) {
    const std::string_view path = archive.what->path();
    const auto slash = path.find_last_of('/');
    return clipped(slash == std::string_view::npos ? path : path.substr(slash + 1), 160);
}

}  // namespace preflight::readiness
