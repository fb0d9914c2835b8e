#include "probes/backup_proof.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace preflight::probes {
namespace {

using v1::BackupProof;

// Tasks that leave a member in every archive of every version since 16.0: neither can be disabled, nor may
// their destination be missing. The registry may be disabled, repositories may be none (concluded from
// some of the files of Rails' lib/backup, not from each in every version); newer tasks are asked for by
// nobody, for they are not in older archives.
constexpr std::array<std::string_view, 9> sure_tasks{
    "db", "uploads", "builds", "artifacts", "pages", "lfs", "terraform_state", "packages", "ci_secure_files"};

template <typename List>
bool holds(const List& list, std::string_view text) {
    return std::ranges::find(list, text) != list.end();
}

// The chart packs what its buckets hold: only the database is sure there.
std::span<const std::string_view> sure_tasks_of(const v1::BackupArchive& archive) {
    const std::span all(sure_tasks);
    return archive.installation_type() == "gitlab-helm-chart" ? all.first(1) : all;
}

void take_tasks(const v1::BackupArchive& archive, BackupProof& proof) {
    for (const auto task : sure_tasks_of(archive)) {
        if (holds(archive.skipped(), task) || holds(archive.members(), task)) continue;
        proof.add_tasks_missing(std::string(task));
    }
}

void take_storages(const FoundBackup& found, const BackupGround& ground, bool walked, BackupProof& proof) {
    const auto& archive = found.archive;
    if (archive.repositories_server_side()) {
        proof.add_notes("repositories are where Gitaly's own backups go: not locally provable");
        return;
    }
    if (ground.storages.empty()) return;  // nothing to hold it against
    const bool skipped = holds(archive.skipped(), "repositories");
    const bool none = skipped || !holds(archive.members(), "repositories");
    if (!walked || archive.kind() != v1::BackupArchive::TAR) return;
    // An older layout holds repositories without saying of which storage.
    if (!none && found.storages.empty()) return;
    proof.set_storages_shown(true);
    for (const auto& storage : ground.storages) {
        if (!found.storages.contains(storage)) proof.add_storages_missing(storage);
    }
}

// What was asked for is known even where the layout shows nothing.
void take_storages_asked_for(const FoundBackup& found, const BackupGround& ground, BackupProof& proof) {
    if (found.archive.partial_repositories()) {
        proof.add_notes("only some storages or paths of the repositories were asked for");
    }
    if (ground.storages.empty() || found.storages_asked_for.empty() || proof.storages_shown() ||
        found.archive.repositories_server_side())
        return;
    proof.set_storages_shown(true);
    for (const auto& storage : ground.storages) {
        if (!holds(found.storages_asked_for, storage)) proof.add_storages_missing(storage);
    }
}

}  // namespace

BackupProof proof_by_listing(const FoundBackup& found, const BackupGround& ground) {
    const auto& archive = found.archive;
    BackupProof proof;
    proof.set_path(archive.path());
    proof.set_size_bytes(archive.size_bytes());
    proof.set_running_version(ground.running_text);
    proof.set_rung(found.opened ? BackupProof::EXISTS : BackupProof::NONE);
    if (!ground.upload_provider.empty() && !holds(archive.skipped(), "remote")) {
        proof.add_notes("its copy in object storage (" + ground.upload_provider +
                        ") is not locally provable");
    }
    for (const auto& type : ground.in_buckets) {
        const auto what = type == "all" ? std::string("every type of file that has a bucket") : type;
        proof.add_notes(what + " in object storage: in no archive, not locally provable");
    }
    if (archive.kind() == v1::BackupArchive::DIRECTORY) {
        proof.add_notes("a directory: which parts are there is seen, what they hold is not read");
    }
    if (found.by_cli) proof.add_notes("parts of a backup by gitlab-backup-cli are not looked into");
    if (!archive.manifest_read() || found.by_cli) return proof;
    take_tasks(archive, proof);
    const bool ends = archive.complete_end() || archive.kind() == v1::BackupArchive::DIRECTORY;
    const bool walked = ends && found.problems.empty();
    take_storages(found, ground, walked, proof);
    take_storages_asked_for(found, ground, proof);
    if (walked && proof.tasks_missing().empty()) proof.set_rung(BackupProof::LISTED);
    return proof;
}

}  // namespace preflight::probes
