#include "probes/secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "model/clock.h"
#include "model/secret.h"
#include "probes/backup_schedules.h"
#include "probes/configuration_backups.h"
#include "probes/gitlab_presence.h"
#include "probes/gitlab_yml.h"
#include "probes/owners.h"
#include "probes/paths.h"
#include "probes/plain_text.h"
#include "probes/secret_contents.h"
#include "probes/secret_fingerprints.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

using v1::SecretsFile;

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t secret_limit_bytes = 1024 * 1024;
constexpr std::size_t listed_limit = 200;  // keys and certificates of one directory
constexpr std::size_t opened_limit = 20;   // newest backups of the configuration that are walked
constexpr auto walk_limit = 3s;            // of all of them, and never all of the probe's time
constexpr std::string_view ssh_directory = "/etc/ssh";
constexpr std::string_view sshd_directory = "/var/opt/gitlab/gitlab-sshd";
constexpr std::string_view encrypted_directory = "/var/opt/gitlab/gitlab-rails/shared/encrypted_settings";

class Look {
  public:
    Look(const Node& node, Clock::time_point until, Findings& out)
        : node_(node), out_(out), owners_(node), walk_until_(std::min(until, Clock::now() + walk_limit)) {
        const auto backups = list_configuration_backups(node, read_backup_schedules(node));
        for (const auto& problem : backups.problems) out.gap(problem, affects_age);
        for (std::size_t at = 0; at < backups.items.size() && at < opened_limit; ++at) {
            if (secrets_kept_ && gitlab_rb_kept_) return;
            take_backup(backups.items[at]);
        }
    }

    // `expected`: where it is missing, that is a finding.
    void file(const std::string& path, SecretsFile::Kind kind, bool expected, InspectSecret inspect) {
        const auto status = node_.status(path);
        if (!status && status.error().cause == v1::Gap::ABSENT) {
            if (expected) absent(path, kind);
            return;
        }
        if (!status) return out_.gap(status.error(), affects);
        if (status->type != FileType::regular) {
            return out_.gap({v1::Gap::REFUSED, path, "not a regular file"}, affects);
        }
        SecretsFile found = described(path, kind, *status);
        auto text = node_.read_file(path, secret_limit_bytes);
        std::optional<Problem> problem;
        if (text) {
            const Secret content(std::move(*text));
            problem = inspect(content, path, found);
        } else {
            problem = text.error();
        }
        *out_.add(path).mutable_secrets_file() = found;
        if (problem) out_.gap(*problem, affected_by(found.kind()));
    }

    void host_keys(std::string_view directory) {
        for (const auto& entry : entries_of(directory)) {
            const std::string_view name = entry.name;
            if (!name.starts_with("ssh_host_") || !name.ends_with("_key")) continue;
            const auto path = std::string(directory) + "/" + entry.name;
            // The image's links to the keys that it keeps in /etc/gitlab, where they are found themselves.
            const auto link = entry.type == FileType::link ? node_.read_link(path) : Result<std::string>("");
            if (link && link->starts_with(paths::config_directory)) continue;
            file(path, SecretsFile::HOST_KEY, true, inspect_pem);
        }
    }

    void tls_files() {
        for (const auto& entry : entries_of(paths::tls_directory)) {
            const std::string_view name = entry.name;
            const auto path = std::string(paths::tls_directory) + "/" + entry.name;
            if (name.ends_with(".key")) file(path, SecretsFile::TLS_KEY, true, inspect_pem);
            if (name.ends_with(".crt")) file(path, SecretsFile::TLS_CERTIFICATE, true, inspect_pem);
            // Parameters of Diffie-Hellman stand there as well; they are neither.
            if (name.ends_with(".pem") && !name.starts_with("dhparam")) {
                file(path, SecretsFile::TLS_CERTIFICATE, true, inspect_any_pem);
            }
        }
    }

    // Settings that only encrypted_settings_key_base opens. The default is the package's.
    void encrypted_settings(const Result<GitlabYml>& yml) {
        if (!yml && yml.error().cause != v1::Gap::ABSENT) out_.gap(yml.error(), "encrypted settings");
        auto directory = yml ? text_of(member(member(yml->production, "encrypted_settings"), "path")) : "";
        if (!is_plain_line(directory) || !directory.starts_with('/')) directory = encrypted_directory;
        for (const auto& entry : entries_of(directory)) {
            if (!entry.name.ends_with(".yml.enc")) continue;
            file(directory + "/" + entry.name, SecretsFile::ENCRYPTED_SETTINGS, true, inspect_encrypted);
        }
    }

  private:
    static constexpr std::string_view affects = "whether this file is whole and what it holds";
    static constexpr std::string_view affects_age = "whether secrets changed since they were backed up";

    static std::string_view affected_by(SecretsFile::Kind kind) {
        if (kind == SecretsFile::CONFIGURATION) return "configuration";
        if (kind == SecretsFile::HOST_KEY) return "host key";
        return kind == SecretsFile::TLS_KEY ? "TLS key" : affects;
    }

    // Newest first: what an earlier one kept is not asked again. A torn archive keeps nothing.
    void take_backup(const ConfigurationBackupFile& backup) {
        const auto file = node_.open_file(backup.path);
        if (!file) return out_.gap(file.error(), affects_age);
        const auto bytes = [&](std::uint64_t offset, std::size_t length) {
            return file->read_at(offset, length);
        };
        const auto found =
            read_configuration_backup(backup, bytes, [&] { return Clock::now() < walk_until_; });
        if (found.problem && found.problem->cause != v1::Gap::MALFORMED)
            out_.gap(*found.problem, affects_age);
        if (!found.backup.members_read()) return;
        if (found.backup.has_secrets() && !secrets_kept_) secrets_kept_ = backup.created_at;
        if (found.backup.has_gitlab_rb() && !gitlab_rb_kept_) gitlab_rb_kept_ = backup.created_at;
    }

    // When the newest backup was made that holds the file.
    std::optional<TimePoint> kept_at(std::string_view path) const {
        if (path == paths::secrets_json) return secrets_kept_;
        if (path == paths::gitlab_rb) return gitlab_rb_kept_;
        if (!path.starts_with(paths::config_directory)) return std::nullopt;
        return std::max(secrets_kept_, gitlab_rb_kept_);
    }

    bool newer_than_backup(const std::string& path, SecretsFile::Kind kind, TimePoint modified_at) const {
        // These backups hold /etc/gitlab alone: of the machine's own host keys they say nothing.
        if (kind == SecretsFile::HOST_KEY && !path.starts_with(paths::config_directory)) return false;
        const auto kept = kept_at(path);
        return !kept || modified_at > *kept;
    }

    void absent(const std::string& path, SecretsFile::Kind kind) {
        auto& file = *out_.add(path).mutable_secrets_file();
        file.set_path(path);
        file.set_kind(kind);
        file.set_present(false);
    }

    SecretsFile described(const std::string& path, SecretsFile::Kind kind, const FileStatus& status) const {
        constexpr std::uint32_t others_read = 0004;
        SecretsFile file;
        file.set_path(path);
        file.set_kind(kind);
        file.set_present(true);
        file.set_owner(owners_.user(status.user_id));
        file.set_group(owners_.group(status.group_id));
        file.set_mode(fmt::format("{:04o}", status.mode));
        file.set_others_can_read((status.mode & others_read) != 0);
        *file.mutable_modified_at() = to_timestamp(status.modified_at);
        file.set_newer_than_configuration_backup(newer_than_backup(path, kind, status.modified_at));
        return file;
    }

    // Names that a finding can carry, up to a limit. A directory that is not there holds none.
    std::vector<DirectoryEntry> entries_of(std::string_view directory) {
        const auto entries = node_.list(directory);
        if (!entries) {
            if (entries.error().cause != v1::Gap::ABSENT) out_.gap(entries.error(), "keys and certificates");
            return {};
        }
        std::vector<DirectoryEntry> named;
        for (const auto& entry : *entries) {
            if (entry.type == FileType::directory) continue;
            if (!is_plain_line(entry.name)) {
                out_.gap(malformed(std::string(directory), "a file's name is not text"),
                         "keys and certificates");
            } else if (named.size() < listed_limit) {
                named.push_back(entry);
            } else {
                out_.gap({v1::Gap::DROPPED, std::string(directory), "more files than are looked at"},
                         "keys and certificates");
                break;
            }
        }
        return named;
    }

    const Node& node_;
    Findings& out_;
    const Owners owners_;
    const Clock::time_point walk_until_;
    std::optional<TimePoint> secrets_kept_;
    std::optional<TimePoint> gitlab_rb_kept_;
};

void look(const Node& node, const Asked& asked, Findings& out) {
    if (!has_gitlab(node)) return;
    const auto now = Clock::now();
    // Half of what is left at the most: the files of secrets come after it.
    Look look(node, now + (asked.end_of_waiting(secrets.limit) - now) / 2, out);
    const bool configured = has_configured_package(node);
    look.file(std::string(paths::secrets_json), SecretsFile::SECRETS, configured, inspect_secrets_json);
    look.file(std::string(paths::gitlab_rb), SecretsFile::CONFIGURATION, configured, inspect_gitlab_rb);
    look.file(std::string(paths::cluster_json), SecretsFile::CLUSTER, false, inspect_json);
    for (const auto root : {paths::self_compiled_root, paths::cloud_native_root}) {
        const auto config = std::string(root) + "/config";
        const bool rails_there = node.status(config + "/gitlab.yml").has_value();
        look.file(config + "/secrets.yml", SecretsFile::SECRETS, rails_there, inspect_secrets_yml);
    }
    if (has_rails(node)) look.host_keys(ssh_directory);
    look.host_keys(paths::config_directory);
    look.host_keys(sshd_directory);
    look.tls_files();
    const auto yml = read_gitlab_yml(node);
    if (has_rails(node)) look.encrypted_settings(yml);
    look_at_fingerprints(node, yml, asked, out);
}

}  // namespace

constexpr Probe secrets{
    .name = "secrets",
    .looks_at = "gitlab-secrets.json, gitlab.rb, host and TLS keys: there, whole, readable by whom, the same",
    .needs = ReadAllFiles{},
    .limit = 5s,
    .look = look,
    .fingerprints = true,
};

}  // namespace preflight::probes
