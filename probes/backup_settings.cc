#include "probes/backup_settings.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "probes/address.h"
#include "probes/attributes.h"
#include "probes/gitlab_rb.h"
#include "probes/json.h"
#include "probes/paths.h"
#include "probes/plain_text.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

// A bucket or remote directory: a map, a text or a URL that stands in its place holds keys.
void set_upload_directory(FoundBackupSettings& found, std::string_view text) {
    const bool braced = text.find_first_of("{}\"'") != std::string_view::npos;
    found.settings.set_upload_directory(braced ? std::string() : without_credentials(text));
    if (text.empty() || !found.settings.upload_directory().empty()) return;
    found.problems.push_back(malformed(found.source, "the upload directory is neither a name nor a URL"));
}

std::uint64_t seconds_of(std::string_view text) {
    std::uint64_t seconds = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? seconds : 0;
}

// Rails reads gitlab.yml from its config directory; the package keeps the file elsewhere and links it there.
std::string rails_root_of(std::string_view yml_path) {
    constexpr std::string_view beneath_root = "/config/gitlab.yml";
    if (!yml_path.ends_with(beneath_root)) return std::string(paths::rails_root);
    return std::string(yml_path.substr(0, yml_path.size() - beneath_root.size()));
}

// Rails' own default is tmp/backups, relative like every path without a slash in front.
std::string absolute(std::string path, const std::string& rails_root) {
    if (path.empty()) path = "tmp/backups";
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path.starts_with('/') ? path : rails_root + "/" + path;
}

void set_path(FoundBackupSettings& found, std::string path) {
    if (is_plain_line(path)) return found.settings.set_path(std::move(path));
    found.problems.push_back(malformed(found.source, "the backup path is not text"));
    found.settings.set_path(std::string(paths::default_backups));
}

// A map, or JSON written as one text.
std::string provider_of(const YAML::Node& connection) {
    if (connection.IsMap()) return name_or_nothing(text_of(member(connection, "provider")));
    const auto text = text_of(connection);
    if (!text.starts_with('{')) return {};
    const auto document = parse_json(text, "");
    return document ? name_or_nothing(text_of(find(*document, {"provider"}))) : std::string();
}

const boost::json::value* rails_attribute(const Attributes& attributes, std::string_view key) {
    const auto* value = attributes.find({"gitlab", "gitlab_rails", key});
    // The node object spelled its sections with hyphens before 17.x (from general knowledge).
    return value != nullptr ? value : attributes.find({"gitlab", "gitlab-rails", key});
}

FoundBackupSettings settings_of(const Attributes& attributes) {
    FoundBackupSettings found;
    found.source = attributes.path;
    const auto path = text_of(rails_attribute(attributes, "backup_path"));
    set_path(found, path.empty() ? std::string(paths::default_backups)
                                 : absolute(path, std::string(paths::rails_root)));
    found.settings.set_keep_seconds(seconds_of(text_of(rails_attribute(attributes, "backup_keep_time"))));
    const auto* connection = rails_attribute(attributes, "backup_upload_connection");
    if (connection != nullptr) {
        found.settings.set_upload_provider(name_or_nothing(text_of(find(*connection, {"provider"}))));
    }
    set_upload_directory(found, text_of(rails_attribute(attributes, "backup_upload_remote_directory")));
    return found;
}

FoundBackupSettings settings_of(const GitlabRb& configuration) {
    FoundBackupSettings found;
    found.source = paths::gitlab_rb;
    const auto literal = [&](std::string_view key) { return configuration.literal(key).value_or(""); };
    const auto path = literal("gitlab_rails.backup_path");
    set_path(found, path.empty() ? std::string(paths::default_backups)
                                 : absolute(path, std::string(paths::rails_root)));
    found.settings.set_keep_seconds(seconds_of(literal("gitlab_rails.backup_keep_time")));
    set_upload_directory(found, literal("gitlab_rails.backup_upload_remote_directory"));
    for (const std::string_view key : {"gitlab_rails.backup_path", "gitlab_rails.backup_upload_connection"}) {
        if (std::ranges::find(configuration.computed, key) == configuration.computed.end()) continue;
        found.problems.push_back({v1::Gap::ABSENT, found.source,
                                  std::string(key) + " is no plain literal, and Ruby is not evaluated"});
    }
    return found;
}

FoundBackupSettings default_settings() {
    FoundBackupSettings found;
    found.source = paths::default_backups;
    found.settings.set_path(std::string(paths::default_backups));
    return found;
}

}  // namespace

FoundBackupSettings backup_settings_of(const GitlabYml& yml) {
    FoundBackupSettings found;
    found.source = yml.path;
    const auto backup = member(yml.production, "backup");
    set_path(found, absolute(text_of(member(backup, "path")), rails_root_of(yml.path)));
    found.settings.set_keep_seconds(number_of(member(backup, "keep_time")).value_or(0));
    const auto upload = member(backup, "upload");
    found.settings.set_upload_provider(provider_of(member(upload, "connection")));
    set_upload_directory(found, text_of(member(upload, "remote_directory")));
    return found;
}

FoundBackupSettings read_backup_settings(const Node& node, const Result<GitlabYml>& yml) {
    std::vector<Problem> problems;
    const auto with = [&](FoundBackupSettings found) {
        found.problems.insert(found.problems.begin(), problems.begin(), problems.end());
        return found;
    };
    const auto note = [&](const Problem& problem) {
        if (problem.cause != v1::Gap::ABSENT) problems.push_back(problem);
    };
    if (yml) return with(backup_settings_of(*yml));
    note(yml.error());
    const auto attributes = read_attributes(node);
    if (attributes) return with(settings_of(*attributes));
    note(attributes.error());
    const auto text = node.read_file(paths::gitlab_rb);
    if (!text) {
        note(text.error());
        return with(default_settings());
    }
    const auto configuration = parse_gitlab_rb(*text, paths::gitlab_rb);
    if (configuration) return with(settings_of(*configuration));
    note(configuration.error());
    return with(default_settings());
}

}  // namespace preflight::probes
