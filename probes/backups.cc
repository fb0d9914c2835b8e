#include "probes/backups.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/clock.h"
#include "probes/backup_archive.h"
#include "probes/backup_folder.h"
#include "probes/backup_ground.h"
#include "probes/backup_manifest.h"
#include "probes/backup_proof.h"
#include "probes/backup_schedules.h"
#include "probes/backup_settings.h"
#include "probes/backup_space.h"
#include "probes/configuration_backups.h"
#include "probes/configuration_secrets.h"
#include "probes/gitlab_presence.h"
#include "probes/paths.h"
#include "probes/patience.h"
#include "probes/plain_text.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t opened_limit = 20;      // newest archives that are walked
constexpr std::size_t directory_limit = 200;  // directories that may be backups
constexpr auto walk_limit = 12s;              // of all archives together, well within the probe's own limit
constexpr auto proof_margin = 2s;             // what is proved is said so long before the probe is ended
constexpr auto progress_interval = 30s;       // between two words on one archive that is being read

constexpr std::string_view affects_archives = "backup archives";

TarBytes bytes_of(const File& file) {
    return [&file](std::uint64_t offset, std::size_t length) { return file.read_at(offset, length); };
}

// Where this node's GitLab keeps its backups; nothing where there is no Rails.
FoundBackupSettings look_at_settings(const Node& node, const Result<GitlabYml>& yml, Findings& out) {
    if (!has_rails(node)) return {};
    auto found = read_backup_settings(node, yml);
    const auto status = node.status(found.settings.path());
    // Only what is not there, or is something else, is absent: of what is closed, its listing says so.
    found.settings.set_path_present(status ? status->type == FileType::directory
                                           : status.error().cause != v1::Gap::ABSENT);
    *out.add(found.source).mutable_backup_settings() = found.settings;
    for (const auto& problem : found.problems) out.gap(problem, "backup path, retention and upload target");
    return found;
}

BackupGround told(BackupGround ground, const FoundBackupSettings& settings, Findings& out) {
    ground.upload_provider = settings.settings.upload_provider();
    for (const auto& problem : ground.problems) {
        const bool said = std::ranges::find(settings.problems, problem) != settings.problems.end();
        if (!said) out.gap(problem, "whether backups are of this version and of all storages");
    }
    return ground;
}

void look_at_space(const Node& node, const std::string& path, const FoundBackup* newest_full, Findings& out) {
    std::vector<Problem> problems;
    const auto space = backup_space(node, path, newest_full, &problems);
    for (const auto& problem : problems) out.gap(problem, "room for the next backup");
    *out.add(path).mutable_backup_space() = space;
}

void look_at_schedules(const Node& node, const BackupSchedules& schedules, Findings& out) {
    for (const auto& found : schedules.found) {
        auto& schedule = *out.add(found.source).mutable_backup_schedule();
        schedule.set_source(found.source);
        schedule.set_when(found.backup.when);
        schedule.set_kind(found.backup.kind);
        schedule.set_disabled(found.backup.disabled);
        schedule.mutable_skips()->Add(found.backup.skips.begin(), found.backup.skips.end());
    }
    // Other people's crontabs are no gap where there is no GitLab.
    if (!has_gitlab(node)) return;
    for (const auto& problem : schedules.problems) out.gap(problem, "backup schedules");
}

void look_at_configuration_backup(const Node& node, const ConfigurationBackupFile& backup,
                                  const Patience& patience, Findings& out) {
    constexpr std::string_view affects = "what a backup of the configuration holds";
    const auto file = node.open_file(backup.path);
    if (!file) {
        *out.add(backup.path).mutable_configuration_backup() = configuration_backup_by_name(backup);
        return out.gap(file.error(), affects);
    }
    const auto read = bytes_of(*file);
    auto found = read_configuration_backup(backup, read, [&] { return patience.left(); });
    std::optional<Problem> not_compared;
    if (found.secrets) {
        const auto equal = compare_secrets(node, read, *found.secrets, backup.path);
        if (equal) found.backup.set_secrets_equal(*equal);
        // That there are no live ones, the probe of secrets says.
        if (!equal && equal.error().cause != v1::Gap::ABSENT) not_compared = equal.error();
    }
    *out.add(backup.path).mutable_configuration_backup() = found.backup;
    if (found.problem) out.gap(*found.problem, affects);
    if (not_compared) out.gap(*not_compared, "whether the secrets that were backed up are the live ones");
}

void look_at_configuration_backups(const Node& node, const BackupSchedules& schedules,
                                   const Patience& patience, Findings& out) {
    const auto backups = list_configuration_backups(node, schedules);
    for (const auto& problem : backups.problems) out.gap(problem, "backups of the configuration");
    for (std::size_t at = 0; at < backups.items.size() && at < BackupFolder::archive_limit; ++at) {
        const auto& backup = backups.items[at];
        if (at < opened_limit) {
            look_at_configuration_backup(node, backup, patience, out);
        } else {
            *out.add(backup.path).mutable_configuration_backup() = configuration_backup_by_name(backup);
        }
    }
}

// Of one path: what was opened, for what is asked of it later.
struct Opened {
    FoundBackup found;
    v1::BackupProof by_listing;
};

class Archives {
  public:
    Archives(const Node& node, const Patience& patience, BackupGround ground, Findings& out)
        : node_(node), patience_(patience), ground_(std::move(ground)), out_(out) {}

    void look_at(const std::string& directory) {
        const auto folder = list_backups(node_, directory);
        if (!folder && folder.error().cause == v1::Gap::ABSENT) return;
        if (!folder) return out_.gap(folder.error(), affects_archives);
        for (std::size_t at = 0; at < folder->archives.size(); ++at) {
            const auto& archive = folder->archives[at];
            if (at < opened_limit) {
                look_at(archive);
            } else {
                if (not_opened_.empty()) not_opened_ = archive.path;
                *out_.add(archive.path).mutable_backup_archive() =
                    backup_by_name(archive.path, archive.size_bytes);
            }
        }
        for (const auto& problem : folder->problems) out_.gap(problem, affects_archives);
        look_at_parts(directory, folder->entries);
    }

    // Newest first, whichever directory it lies in.
    const FoundBackup* newest_full() const {
        const FoundBackup* newest = nullptr;
        for (const auto& opened : opened_) {
            if (!is_full_backup(opened.found)) continue;
            const bool newer = newest == nullptr || opened.found.archive.created_at().seconds() >
                                                        newest->archive.created_at().seconds();
            if (newer) newest = &opened.found;
        }
        return newest;
    }

    // Until the deadline; each archive is said when it is done.
    void prove(Clock::time_point deadline) {
        if (!not_opened_.empty()) {
            out_.gap({v1::Gap::DROPPED, not_opened_,
                      fmt::format("only the {} newest archives of a folder are proved", opened_limit)},
                     affects_proof);
        }
        std::ranges::stable_sort(opened_, std::ranges::greater(), [](const Opened& opened) {
            return opened.found.archive.created_at().seconds();
        });
        for (const auto& opened : opened_) {
            const auto& archive = opened.found.archive;
            // A torn one is proved to be that; directories are seen by their names alone.
            if (archive.kind() != v1::BackupArchive::TAR || !archive.complete_end()) continue;
            const auto file = node_.open_file(archive.path());
            if (!file) {
                out_.gap(file.error(), affects_proof);
                continue;
            }
            auto told_at = Clock::now();
            auto read = proof_by_reading(bytes_of(*file), archive, opened.by_listing, ground_,
                                         [&](const v1::BackupProof& so_far) {
                                             const auto now = Clock::now();
                                             if (now - told_at >= progress_interval) {
                                                 told_at = now;
                                                 tell_progress(so_far);
                                             }
                                             return now < deadline;
                                         });
            *out_.add(archive.path()).mutable_backup_proof() = std::move(read.proof);
            if (read.problem) out_.gap(*read.problem, affects_proof);
            out_.flush();
        }
    }

  private:
    static constexpr std::string_view affects_proof = "whether this backup can be read to its end";

    void look_at(const ArchiveFile& archive) {
        const auto file = node_.open_file(archive.path);
        if (!file) {
            FoundBackup unopened;
            unopened.archive = backup_by_name(archive.path, archive.size_bytes);
            unopened.problems.push_back(file.error());
            return report(std::move(unopened));
        }
        report(read_backup_tar(bytes_of(*file), file->size_bytes(), archive.path,
                               [this] { return patience_.left(); }));
    }

    // Stands as it is where the reading never ends. What the parts are is said at the end.
    void tell_progress(const v1::BackupProof& so_far) {
        auto& proof = *out_.add(so_far.path()).mutable_backup_proof();
        proof = so_far;
        proof.clear_members();
        proof.add_notes("being read: " + std::to_string(so_far.bytes_read()) + " of " +
                        std::to_string(so_far.size_bytes()) + " bytes so far");
        out_.flush();
    }

    // Directories that are backups: left by SKIP=tar or made by gitlab-backup-cli.
    void look_at_parts(const std::string& directory, const std::vector<DirectoryEntry>& entries) {
        if (auto found = read_backup_directory(node_, directory, manifest_name, &entries))
            report(std::move(*found));
        std::size_t looked_at = 0;
        for (const auto& entry : entries) {
            if (entry.type != FileType::directory || !is_plain_line(entry.name)) continue;
            if (++looked_at > directory_limit) {
                return out_.gap({v1::Gap::TOO_LARGE, directory, "more directories than are looked at"},
                                affects_archives);
            }
            const auto path = directory + "/" + entry.name;
            if (auto found = read_backup_directory(node_, path, cli_manifest_name)) report(std::move(*found));
        }
    }

    void report(FoundBackup found) {
        const auto& path = found.archive.path();
        *out_.add(path).mutable_backup_archive() = found.archive;
        for (const auto& problem : found.problems) out_.gap(problem, "whether this backup is whole");
        auto proof = proof_by_listing(found, ground_);
        *out_.add(path).mutable_backup_proof() = proof;
        opened_.push_back({std::move(found), std::move(proof)});
    }

    const Node& node_;
    const Patience& patience_;
    const BackupGround ground_;
    Findings& out_;
    std::vector<Opened> opened_;
    std::string not_opened_;  // the first past the limit
};

void look(const Node& node, const Asked& asked, Findings& out) {
    const auto begin = Clock::now();
    // Past it archives are reported by their names alone.
    const Patience patience(std::min(begin + walk_limit, asked.end_of_waiting(backups.limit)),
                            Clock::duration::zero());
    const auto schedules = read_backup_schedules(node);
    look_at_schedules(node, schedules, out);
    look_at_configuration_backups(node, schedules, patience, out);
    out.flush();  // the backup path may lie on a filesystem that hangs
    const auto yml = read_gitlab_yml(node);
    const auto found = look_at_settings(node, yml, out);
    Archives archives(node, patience, told(read_backup_ground(node, yml), found, out), out);
    const auto& configured = found.settings.path();
    if (!configured.empty()) archives.look_at(configured);
    // Backups left at the default place are backups as well; through a link they are the same ones.
    const std::string usual(paths::default_backups);
    const auto link = node.read_link(usual);
    const bool seen = configured == usual || (link && *link == configured);
    if (!seen) archives.look_at(usual);
    if (found.settings.path_present()) look_at_space(node, configured, archives.newest_full(), out);
    out.flush();
    // Of a short time a short part: a quarter is left at the most.
    const auto margin = std::min<Clock::duration>(proof_margin, (asked.until - begin) / 4);
    if (asked.prove_backups) archives.prove(asked.until - margin);
}

}  // namespace

constexpr Probe backups{
    .name = "backups",
    .looks_at =
        "backups of the application and of the configuration, how far they are proved, when and where they "
        "go",
    .needs = ReadAllFiles{},
    .limit = 20s,
    .look = look,
    .proves = true,
};

}  // namespace preflight::probes
