#include "probes/backups.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "model/clock.h"
#include "probes/backup_archive.h"
#include "probes/backup_manifest.h"
#include "probes/backup_name.h"
#include "probes/backup_schedules.h"
#include "probes/backup_settings.h"
#include "probes/configuration_backups.h"
#include "probes/gitlab_presence.h"
#include "probes/paths.h"
#include "probes/plain_text.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t opened_limit = 20;      // newest archives that are walked
constexpr std::size_t listed_limit = 1'000;   // archives that are reported at all
constexpr std::size_t directory_limit = 200;  // directories that may be backups
constexpr auto walk_limit = 12s;              // of all archives together, well within the probe's own limit

constexpr std::string_view affects_archives = "backup archives";

// Whether there is time left to walk archives: what follows is reported by its name alone.
class Patience {
  public:
    bool left() const { return Clock::now() < until_; }

  private:
    Clock::time_point until_ = Clock::now() + walk_limit;
};

TarBytes bytes_of(const File& file) {
    return [&file](std::uint64_t offset, std::size_t length) { return file.read_at(offset, length); };
}

// The path where this node's GitLab keeps its backups; empty where there is no Rails.
std::string look_at_settings(const Node& node, Findings& out) {
    if (!has_rails(node)) return {};
    auto found = read_backup_settings(node);
    const auto status = node.status(found.settings.path());
    found.settings.set_path_present(status && status->type == FileType::directory);
    *out.add(found.source).mutable_backup_settings() = found.settings;
    for (const auto& problem : found.problems) out.gap(problem, "backup path, retention and upload target");
    return found.settings.path();
}

void look_at_schedules(const Node& node, Findings& out) {
    const auto schedules = read_backup_schedules(node);
    for (const auto& found : schedules.found) {
        auto& schedule = *out.add(found.source).mutable_backup_schedule();
        schedule.set_source(found.source);
        schedule.set_when(found.backup.when);
        schedule.set_kind(found.backup.kind);
    }
    // Other people's crontabs are no gap where there is no GitLab.
    if (!has_gitlab(node)) return;
    for (const auto& problem : schedules.problems) out.gap(problem, "backup schedules");
}

void look_at_configuration_backup(const Node& node, const ConfigurationBackupFile& backup,
                                  const Patience& patience, Findings& out) {
    constexpr std::string_view affects = "what a backup of the configuration holds";
    const auto by_name = [&] {
        *out.add(backup.path).mutable_configuration_backup() = configuration_backup_by_name(backup);
    };
    const auto file = node.open_file(backup.path);
    if (!file) {
        by_name();
        return out.gap(file.error(), affects);
    }
    const auto found = read_configuration_backup(backup, bytes_of(*file), [&] { return patience.left(); });
    *out.add(backup.path).mutable_configuration_backup() = found.backup;
    if (found.problem) out.gap(*found.problem, affects);
}

void look_at_configuration_backups(const Node& node, const Patience& patience, Findings& out) {
    const auto backups = list_configuration_backups(node);
    if (!backups) return out.gap(backups.error(), "backups of the configuration");
    for (std::size_t at = 0; at < backups->size() && at < listed_limit; ++at) {
        const auto& backup = (*backups)[at];
        if (at < opened_limit) {
            look_at_configuration_backup(node, backup, patience, out);
        } else {
            *out.add(backup.path).mutable_configuration_backup() = configuration_backup_by_name(backup);
        }
    }
}

struct ArchiveFile {
    std::string path;
    std::uint64_t size_bytes = 0;
    TimePoint time;  // of the name, else of the last change: only for the order
};

std::vector<ArchiveFile> archives_of(const Node& node, const std::string& directory,
                                     const std::vector<DirectoryEntry>& entries, Findings& out) {
    std::vector<ArchiveFile> archives;
    for (const auto& entry : entries) {
        const auto name = parse_backup_name(entry.name);
        if (!name || entry.type == FileType::directory) continue;
        if (!is_plain_line(entry.name)) {
            out.gap(malformed(directory, "an archive's name is not text"), affects_archives);
            continue;
        }
        auto path = directory + "/" + entry.name;
        const auto link = entry.type == FileType::link ? node.read_link(path) : Result<std::string>("/");
        // A link to its neighbour ("latest") is no backup of its own.
        if (link && link->find('/') == std::string::npos) continue;
        const auto status = node.status(path);
        if (!status || status->type != FileType::regular) {
            const Problem refused{v1::Gap::REFUSED, path, "named as an archive, but no regular file"};
            out.gap(status ? refused : status.error(), affects_archives);
            continue;
        }
        const auto time =
            name->unix_seconds ? TimePoint(std::chrono::seconds(*name->unix_seconds)) : status->modified_at;
        archives.push_back({std::move(path), status->size_bytes, time});
    }
    std::ranges::stable_sort(archives, std::ranges::greater(), &ArchiveFile::time);
    return archives;
}

void report(const FoundBackup& found, Findings& out) {
    *out.add(found.archive.path()).mutable_backup_archive() = found.archive;
    for (const auto& problem : found.problems) out.gap(problem, "whether this backup is whole");
}

void look_at_archive(const Node& node, const ArchiveFile& archive, const Patience& patience, Findings& out) {
    const auto file = node.open_file(archive.path);
    if (!file) {
        return report({backup_by_name(archive.path, archive.size_bytes), {file.error()}}, out);
    }
    report(
        read_backup_tar(bytes_of(*file), file->size_bytes(), archive.path, [&] { return patience.left(); }),
        out);
}

void look_at_archives(const Node& node, const std::vector<ArchiveFile>& archives, const Patience& patience,
                      Findings& out) {
    for (std::size_t at = 0; at < archives.size(); ++at) {
        const auto& archive = archives[at];
        if (at == listed_limit) {
            return out.gap({v1::Gap::DROPPED, archive.path, "more archives than are reported"},
                           affects_archives);
        }
        if (at < opened_limit) {
            look_at_archive(node, archive, patience, out);
        } else {
            *out.add(archive.path).mutable_backup_archive() =
                backup_by_name(archive.path, archive.size_bytes);
        }
    }
}

void look_at_backup_directories(const Node& node, const std::string& directory,
                                const std::vector<DirectoryEntry>& entries, Findings& out) {
    if (const auto found = read_backup_directory(node, directory, manifest_name)) report(*found, out);
    std::size_t looked_at = 0;
    for (const auto& entry : entries) {
        if (entry.type != FileType::directory || !is_plain_line(entry.name)) continue;
        if (++looked_at > directory_limit) {
            return out.gap({v1::Gap::TOO_LARGE, directory, "more directories than are looked at"},
                           affects_archives);
        }
        const auto path = directory + "/" + entry.name;
        if (const auto found = read_backup_directory(node, path, cli_manifest_name)) report(*found, out);
    }
}

void look_at_directory(const Node& node, const std::string& directory, const Patience& patience,
                       Findings& out) {
    const auto entries = node.list(directory);
    if (!entries && entries.error().cause == v1::Gap::ABSENT) return;
    if (!entries) return out.gap(entries.error(), affects_archives);
    look_at_archives(node, archives_of(node, directory, *entries, out), patience, out);
    look_at_backup_directories(node, directory, *entries, out);
}

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    const Patience patience;
    const auto configured = look_at_settings(node, out);
    look_at_schedules(node, out);
    look_at_configuration_backups(node, patience, out);
    if (!configured.empty()) look_at_directory(node, configured, patience, out);
    // Backups left at the default place are backups as well; through a link they are the same ones.
    const std::string usual(paths::default_backups);
    const auto link = node.read_link(usual);
    const bool seen = configured == usual || (link && *link == configured);
    if (!seen) look_at_directory(node, usual, patience, out);
}

}  // namespace

constexpr Probe backups{
    .name = "backups",
    .looks_at = "backups of the application and of the configuration, their schedules and where they go",
    .needs = ReadAllFiles{},
    .limit = 20s,
    .look = look,
};

}  // namespace preflight::probes
