#include "probes/backup_name.h"

#include <algorithm>
#include <charconv>

#include "probes/text.h"

namespace preflight::probes {
namespace {

constexpr std::string_view archive_suffix = "_gitlab_backup.tar";
constexpr std::string_view configuration_prefix = "gitlab_config_";
constexpr std::string_view configuration_suffix = ".tar";

// Takes up to `most` digits off the front; empty when there are fewer than `least` or more than `most`.
std::string_view take_digits(std::string_view& text, std::size_t least, std::size_t most) {
    const auto end = std::ranges::find_if_not(text, is_digit);
    const auto length = static_cast<std::size_t>(end - text.begin());
    if (length < least || length > most) return {};
    const auto digits = text.substr(0, length);
    text.remove_prefix(length);
    return digits;
}

bool take(std::string_view& text, std::string_view expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

// "1755000000_2026_08_12", the front of the names of both kinds of backup.
std::optional<std::int64_t> take_time(std::string_view& text) {
    const auto seconds = take_digits(text, 9, 11);
    if (seconds.empty()) return std::nullopt;
    for (const std::size_t length : {4U, 2U, 2U}) {
        if (!take(text, "_") || take_digits(text, length, length).empty()) return std::nullopt;
    }
    std::int64_t value = 0;
    std::from_chars(seconds.data(), seconds.data() + seconds.size(), value);
    return value;
}

// "19.2.1", and what stands before a release: "-pre", ".pre", "-rc42".
std::string_view take_version(std::string_view& text) {
    const auto whole = text;
    for (int part = 0; part < 3; ++part) {
        if (part > 0 && !take(text, ".")) return {};
        if (take_digits(text, 1, 5).empty()) return {};
    }
    if (text.starts_with("-pre") || text.starts_with(".pre")) {
        text.remove_prefix(4);
    } else if (text.starts_with("-rc") || text.starts_with(".rc")) {
        text.remove_prefix(3);
        if (take_digits(text, 1, 5).empty()) return {};
    }
    return whole.substr(0, whole.size() - text.size());
}

}  // namespace

std::optional<BackupVersion> parse_backup_version(std::string_view text) {
    const auto version = take_version(text);
    if (version.empty()) return std::nullopt;
    if (text.empty() || text == "-ce") return BackupVersion{std::string(version), v1::CE};
    if (text == "-ee") return BackupVersion{std::string(version), v1::EE};
    return std::nullopt;
}

BackupName parse_backup_id(std::string_view backup_id) {
    BackupName name{.backup_id = std::string(backup_id), .unix_seconds = {}, .version = {}};
    auto rest = backup_id;
    const auto time = take_time(rest);
    if (!time || !take(rest, "_")) return name;
    // Both or neither: half a match is a name that somebody chose.
    name.version = parse_backup_version(rest);
    if (name.version) name.unix_seconds = time;
    return name;
}

std::optional<BackupName> parse_backup_name(std::string_view file_name) {
    if (!file_name.ends_with(archive_suffix)) return std::nullopt;
    return parse_backup_id(file_name.substr(0, file_name.size() - archive_suffix.size()));
}

std::optional<std::int64_t> parse_configuration_backup_name(std::string_view file_name) {
    if (!take(file_name, configuration_prefix)) return std::nullopt;
    const auto time = take_time(file_name);
    if (!time || file_name != configuration_suffix) return std::nullopt;
    return time;
}

}  // namespace preflight::probes
