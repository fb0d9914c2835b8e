#include "probes/backup_manifest.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "model/clock.h"
#include "probes/json.h"
#include "probes/plain_text.h"
#include "probes/text.h"

namespace preflight::probes {
namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

std::string_view unquoted(std::string_view text) {
    const bool quoted =
        text.size() >= 2 && (text.front() == '\'' || text.front() == '"') && text.back() == text.front();
    return quoted ? text.substr(1, text.size() - 2) : text;
}

bool is_key_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

// Lines ":key: value"; what is indented or a list item goes on with the value above it.
Fields fields_of(std::string_view text) {
    Fields fields;
    std::string* last = nullptr;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.starts_with('#') || line.starts_with("---")) continue;
        const bool goes_on = line.starts_with(' ') || line.starts_with('-');
        if (goes_on && last != nullptr) {
            *last += ' ';
            *last += trimmed(line);
        }
        if (goes_on || line.empty()) continue;
        if (line.front() == ':') line.remove_prefix(1);
        const auto colon = line.find(':');
        const auto key = line.substr(0, colon);
        if (colon == std::string_view::npos || !std::ranges::all_of(key, is_key_char)) continue;
        last = &fields[std::string(key)];
        *last = trimmed(line.substr(colon + 1));
    }
    return fields;
}

std::string_view field(const Fields& fields, std::string_view key) {
    const auto found = fields.find(key);
    return found == fields.end() ? std::string_view() : unquoted(found->second);
}

// Values that are words leave this node only as such: no sentence that somebody wrote into a manifest.
std::string word(std::string_view text) {
    constexpr std::size_t longest = 200;
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-' || c == '.' || c == '+';
    };
    const bool is_word = text.size() <= longest && std::ranges::all_of(text, fits);
    return is_word ? std::string(text) : std::string();
}

// What a list does not hold becomes this word: a manifest is text that anybody may have written.
constexpr std::string_view unknown = "unknown";

constexpr std::array<std::string_view, 16> known_tasks{"db",
                                                       "repositories",
                                                       "uploads",
                                                       "builds",
                                                       "artifacts",
                                                       "pages",
                                                       "lfs",
                                                       "tar",
                                                       "terraform_state",
                                                       "registry",
                                                       "packages",
                                                       "ci_secure_files",
                                                       "external_diffs",
                                                       "remote",
                                                       "agent_plan_content",
                                                       "ci_catalog_bundles"};

constexpr std::array<std::string_view, 5> known_installations{
    "omnibus-gitlab", "gitlab-docker", "gitlab-helm-chart", "gitlab-cloud-native-image", "source"};

std::string one_of(std::span<const std::string_view> known, std::string_view text) {
    const bool is_known = text.empty() || std::ranges::find(known, text) != known.end();
    return std::string(is_known ? text : unknown);
}

// The words of a list, however it is written: "a,b", "[a, b]", "- a - b".
std::vector<std::string_view> items_of(std::string_view text) {
    constexpr std::size_t most = 64;
    std::vector<std::string_view> items;
    while (!text.empty() && items.size() < most) {
        constexpr std::string_view separators = " \t,[]'\"~";
        text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
        auto item = text.substr(0, text.find_first_of(separators));
        text.remove_prefix(item.size());
        if (item.empty() || item == "-" || item == "nil" || item == "null") continue;
        if (item.starts_with(':')) item.remove_prefix(1);
        items.push_back(item);
    }
    return items;
}

std::vector<std::string> tasks_of(std::string_view text) {
    std::vector<std::string> tasks;
    for (const auto item : items_of(text)) {
        auto task = one_of(known_tasks, item);
        if (std::ranges::find(tasks, task) == tasks.end()) tasks.push_back(std::move(task));
    }
    return tasks;
}

std::vector<std::string> storages_of(std::string_view text) {
    std::vector<std::string> storages;
    for (const auto item : items_of(text)) {
        auto storage = word(item);
        if (!storage.empty()) storages.push_back(std::move(storage));
    }
    return storages;
}

bool says_something(std::string_view value) {
    return !value.empty() && value != "[]" && value != "~" && value != "null" && value != "nil";
}

}  // namespace

Result<BackupManifest> parse_backup_manifest(std::string_view text, std::string_view source) {
    if (!is_plain_text(text)) return malformed(std::string(source), "the manifest is not text");
    const auto fields = fields_of(text);
    const auto version = parse_backup_version(field(fields, "gitlab_version"));
    if (!version) return malformed(std::string(source), "the manifest names no GitLab version");
    BackupManifest manifest;
    manifest.version = *version;
    manifest.created_at = parse_manifest_time(field(fields, "backup_created_at"));
    manifest.backup_id = word(field(fields, "backup_id"));
    manifest.installation_type = one_of(known_installations, field(fields, "installation_type"));
    manifest.skipped = tasks_of(field(fields, "skipped"));
    for (const std::string_view key :
         {"repositories_storages", "repositories_paths", "skip_repositories_paths"}) {
        manifest.partial_repositories |= says_something(field(fields, key));
    }
    manifest.storages = storages_of(field(fields, "repositories_storages"));
    manifest.repositories_server_side = field(fields, "repositories_server_side") == "true";
    return manifest;
}

Result<BackupManifest> parse_cli_backup_manifest(std::string_view text, std::string_view source) {
    const auto document = parse_json(text, source);
    if (!document) return document.error();
    const auto version = parse_backup_version(text_of(find(*document, {"gitlab_version"})));
    if (!version) return malformed(std::string(source), "the manifest names no GitLab version");
    BackupManifest manifest;
    manifest.version = *version;
    manifest.created_at = parse_manifest_time(text_of(find(*document, {"created_at"})));
    manifest.backup_id = word(text_of(find(*document, {"backup_id"})));
    return manifest;
}

std::optional<google::protobuf::Timestamp> parse_manifest_time(std::string_view text) {
    constexpr std::size_t longest = 48;
    constexpr std::size_t date_length = 10;
    text = trimmed(text);
    if (text.size() > longest) return std::nullopt;
    if (text.size() <= date_length) return from_iso8601(text);
    auto rest = trimmed(text.substr(date_length + 1));
    const auto time = rest.substr(0, std::min(rest.find_first_not_of("0123456789:."), rest.size()));
    rest = trimmed(rest.substr(time.size()));
    std::string zone(rest);
    if (rest.empty() || rest == "UTC") zone = "Z";
    if (rest.size() == 5 && (rest.front() == '+' || rest.front() == '-')) zone.insert(3, ":");
    return from_iso8601(std::string(text.substr(0, date_length)) + "T" + std::string(time) + zone);
}

}  // namespace preflight::probes
