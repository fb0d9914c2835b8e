#include "probes/backup_archive.h"

#include <algorithm>

#include "model/clock.h"
#include "probes/backup_manifest.h"
#include "probes/backup_name.h"
#include "probes/plain_text.h"
#include "probes/tar_header.h"

namespace preflight::probes {
namespace {

constexpr std::size_t tasks_limit = 64;

std::string_view file_name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// The chart's toolbox packs "./db/…", the package "db/…".
std::string_view without_dot(std::string_view member_name) {
    while (member_name.starts_with("./")) member_name.remove_prefix(2);
    return member_name;
}

void fill_from_name(v1::BackupArchive& archive, const BackupName& name) {
    archive.set_backup_id(name.backup_id);
    if (name.unix_seconds) *archive.mutable_created_at() = timestamp_from_seconds(*name.unix_seconds);
    if (!name.version) return;
    archive.set_version(name.version->version);
    archive.set_edition(name.version->edition);
}

// The manifest knows better than the name, which anybody may change.
void fill_from_manifest(v1::BackupArchive& archive, const BackupManifest& manifest) {
    archive.set_manifest_read(true);
    archive.set_version(manifest.version.version);
    archive.set_edition(manifest.version.edition);
    if (manifest.created_at) *archive.mutable_created_at() = *manifest.created_at;
    if (!manifest.backup_id.empty()) archive.set_backup_id(manifest.backup_id);
    archive.set_installation_type(manifest.installation_type);
    archive.set_partial_repositories(manifest.partial_repositories);
    archive.set_repositories_server_side(manifest.repositories_server_side);
    for (const auto& task : manifest.skipped) archive.add_skipped(task);
}

void fill_members(v1::BackupArchive& archive, const std::set<std::string>& tasks) {
    for (const auto& task : tasks) archive.add_members(task);
}

// Into the archive what the manifest says, or into the problems why not.
void take_manifest(FoundBackup& found, const Result<std::string>& text, std::string_view source,
                   bool by_cli) {
    if (!text) return found.problems.push_back(text.error());
    const auto manifest =
        by_cli ? parse_cli_backup_manifest(*text, source) : parse_backup_manifest(*text, source);
    if (!manifest) return found.problems.push_back(manifest.error());
    fill_from_manifest(found.archive, *manifest);
    found.storages_asked_for = manifest->storages;
    found.by_cli = by_cli;
}

// "repositories/manifests/STORAGE/…", as Gitaly's locator of manifests writes them.
void take_storage(FoundBackup& found, std::string_view member_name) {
    constexpr std::string_view manifests = "repositories/manifests/";
    constexpr std::size_t longest = 200;
    constexpr std::size_t most = 1'000;
    auto name = without_dot(member_name);
    if (!name.starts_with(manifests)) return;
    name.remove_prefix(manifests.size());
    const auto storage = name.substr(0, name.find('/'));
    if (storage.empty() || storage.size() > longest || !is_plain_line(storage)) return;
    if (found.storages.size() < most && !found.storages.contains(std::string(storage))) {
        found.storages.emplace(storage);
    }
}

Result<std::string> read_member(const TarBytes& read, const TarMember& member, std::string_view source) {
    if (member.size_bytes > BackupManifest::limit_bytes) {
        return Problem{v1::Gap::TOO_LARGE, std::string(source), "the manifest is larger than is read"};
    }
    return read(member.offset, static_cast<std::size_t>(member.size_bytes));
}

}  // namespace

std::optional<std::string> backup_task_of(std::string_view member_name, bool is_file,
                                          std::uint64_t size_bytes) {
    constexpr std::string_view compressed = ".tar.gz";
    constexpr std::size_t longest = 64;
    const auto name = without_dot(member_name);
    if (name == "repositories" || name.starts_with("repositories/")) return "repositories";
    if (!is_file || size_bytes == 0) return std::nullopt;
    // The main database; others ("db/ci_database.sql.gz") are no backup without it.
    if (name == "db/database.sql.gz") return "db";
    if (!name.ends_with(compressed)) return std::nullopt;
    const auto task = name.substr(0, name.size() - compressed.size());
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    if (task.empty() || task.size() > longest || !std::ranges::all_of(task, fits)) return std::nullopt;
    return std::string(task);
}

bool has_tar_end_mark(const TarBytes& read, std::uint64_t size_bytes) {
    constexpr std::size_t mark_bytes = 2 * tar_block_bytes;
    if (size_bytes < mark_bytes) return false;
    const auto mark = read(size_bytes - mark_bytes, mark_bytes);
    return mark && mark->size() == mark_bytes && mark->find_first_not_of('\0') == std::string::npos;
}

v1::BackupArchive backup_by_name(std::string_view path, std::uint64_t size_bytes) {
    v1::BackupArchive archive;
    archive.set_path(std::string(path));
    archive.set_kind(v1::BackupArchive::TAR);
    archive.set_size_bytes(size_bytes);
    if (const auto name = parse_backup_name(file_name_of(path))) fill_from_name(archive, *name);
    return archive;
}

FoundBackup read_backup_tar(const TarBytes& read, std::uint64_t size_bytes, std::string_view path,
                            const std::function<bool()>& keep_on) {
    FoundBackup found;
    found.archive = backup_by_name(path, size_bytes);
    found.opened = true;
    std::set<std::string> tasks;
    bool manifest_seen = false;
    const auto walk = walk_tar(read, size_bytes, path, [&](const TarMember& member) {
        if (!manifest_seen && member.is_file() && without_dot(member.name) == manifest_name) {
            manifest_seen = true;
            take_manifest(found, read_member(read, member, path), path, false);
        }
        auto task = backup_task_of(member.name, member.is_file(), member.size_bytes);
        const auto name = without_dot(member.name);
        if (member.is_file() && name.starts_with("db/") && name.ends_with(".sql.gz"))
            found.database_bytes += member.size_bytes;
        if (task && tasks.size() < tasks_limit) tasks.insert(std::move(*task));
        take_storage(found, member.name);
        found.largest_member_bytes = std::max(found.largest_member_bytes, member.size_bytes);
        return keep_on();
    });
    fill_members(found.archive, tasks);
    const bool unfinished = walk.stopped || (walk.problem && walk.problem->cause == v1::Gap::TOO_LARGE);
    found.archive.set_complete_end(walk.complete_end || (unfinished && has_tar_end_mark(read, size_bytes)));
    // That it is torn, the missing end says: it was read. One that does not even begin as an archive is
    // another matter.
    const bool torn = walk.problem && walk.problem->cause == v1::Gap::MALFORMED &&
                      (walk.members > 0 || size_bytes < tar_block_bytes);
    if (walk.problem && !torn) found.problems.push_back(*walk.problem);
    if (walk.stopped) {
        found.problems.push_back({v1::Gap::TIMED_OUT, std::string(path), "not walked to its end in time"});
    }
    if (!manifest_seen && walk.complete_end) {
        found.problems.push_back({v1::Gap::ABSENT, std::string(path), "the archive holds no manifest"});
    }
    return found;
}

std::optional<FoundBackup> read_backup_directory(const Node& node, std::string_view path,
                                                 std::string_view manifest_name,
                                                 const std::vector<DirectoryEntry>* entries) {
    const auto beneath = [&](std::string_view name) { return std::string(path) + "/" + std::string(name); };
    const auto manifest_path = beneath(manifest_name);
    const auto text = node.read_file(manifest_path, BackupManifest::limit_bytes);
    if (!text && text.error().cause == v1::Gap::ABSENT) return std::nullopt;
    const bool by_cli = manifest_name == cli_manifest_name;
    FoundBackup found;
    found.opened = true;
    found.archive.set_path(std::string(path));
    found.archive.set_kind(v1::BackupArchive::DIRECTORY);
    if (by_cli) fill_from_name(found.archive, parse_backup_id(file_name_of(path)));
    take_manifest(found, text, manifest_path, by_cli);
    std::set<std::string> tasks;
    const auto note = [&](std::string_view name) {
        if (!backup_task_of(name, true, 1)) return;  // no part, whatever it holds
        const auto status = node.status(beneath(name));
        if (!status) {
            if (status.error().cause != v1::Gap::ABSENT) found.problems.push_back(status.error());
            return;
        }
        auto task = backup_task_of(name, status->type == FileType::regular, status->size_bytes);
        if (task && tasks.size() < tasks_limit) tasks.insert(std::move(*task));
    };
    note("db/database.sql.gz");
    const auto note_all = [&](const std::vector<DirectoryEntry>& all) {
        for (const auto& entry : all) note(entry.name);
    };
    if (entries != nullptr) {
        note_all(*entries);
    } else if (const auto listed = node.list(path)) {
        note_all(*listed);
    } else {
        found.problems.push_back(listed.error());
    }
    fill_members(found.archive, tasks);
    return found;
}

}  // namespace preflight::probes
