#include "probes/backup_commands.h"

#include <algorithm>
#include <utility>

#include "probes/plain_text.h"
#include "probes/text.h"

namespace preflight::probes {
namespace {

using Kind = v1::BackupSchedule::Kind;
using Words = std::vector<std::string_view>;

constexpr std::string_view computed = "?";
constexpr std::string_view skip = "SKIP=";

bool separates(char c) { return std::string_view(" \t\r;&|()'\"`{}").find(c) != std::string_view::npos; }

// Whether one command ends between the two words of a line. "2>&1" and "&>file" are no end.
bool ends_command(std::string_view before, std::string_view after) {
    const auto* at = before.data() + before.size();
    const std::string_view between(at, static_cast<std::size_t>(after.data() - at));
    if (between.find_first_of(";|") != std::string_view::npos) return true;
    const bool redirected = before.ends_with('>') || before.ends_with('<') || after.starts_with('>');
    return between.find('&') != std::string_view::npos && !redirected;
}

std::vector<Words> shell_commands(std::string_view line) {
    std::vector<Words> commands;
    for (const auto word : shell_words(line)) {
        if (commands.empty() || ends_command(commands.back().back(), word)) commands.emplace_back();
        commands.back().push_back(word);
    }
    return commands;
}

// What the word at `at` is set to; quotes around the value make it a word of its own.
std::string_view value_at(const Words& words, std::size_t at, std::string_view name) {
    const auto value = words[at].substr(name.size());
    if (!value.empty() || at + 1 == words.size()) return value;
    const auto* end = words[at].data() + words[at].size();
    const bool quoted = words[at + 1].data() == end + 1 && (*end == '"' || *end == '\'');
    return quoted ? words[at + 1] : value;
}

Skips skips_of(const Words& words, Skips around) {
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (!words[at].starts_with(skip)) continue;
        const auto value = value_at(words, at, skip);
        around = skips_in(value);
        // Behind a blank it goes on, if at all.
        if (value.ends_with(',')) around.emplace_back(computed);
    }
    return around;
}

// For all that follows it.
bool sets_variables(const Words& words) {
    const bool alone = words.size() == 1 || (words.size() == 2 && words[0] == skip);
    return words[0] == "export" || (alone && words[0].starts_with(skip));
}

std::string_view program_of(std::string_view word) { return word.substr(word.rfind('/') + 1); }

Kind kind_at(const Words& words, std::size_t at) {
    const auto program = program_of(words[at]);
    const auto argument = at + 1 < words.size() ? words[at + 1] : std::string_view();
    if (program == "gitlab-backup" && argument == "create") return v1::BackupSchedule::APPLICATION;
    if (program == "gitlab-backup-cli" && argument == "backup") return v1::BackupSchedule::APPLICATION;
    // Through gitlab-rake, or rake itself where GitLab was compiled.
    if (words[at] == "gitlab:backup:create") return v1::BackupSchedule::APPLICATION;
    if (program == "gitlab-ctl" && argument == "backup-etc") return v1::BackupSchedule::CONFIGURATION;
    return v1::BackupSchedule::KIND_UNSPECIFIED;
}

// `gitlab-ctl backup-etc -p DIR`, `--backup-path DIR` or `--backup-path=DIR`.
std::string folder_of(const Words& words, std::size_t behind) {
    constexpr std::string_view option = "--backup-path";
    std::string_view folder;
    for (std::size_t at = behind; at < words.size(); ++at) {
        const bool apart = words[at] == "-p" || words[at] == option;
        if (apart && at + 1 < words.size()) folder = words[at + 1];
        if (words[at].starts_with(option) && words[at].substr(option.size()).starts_with('='))
            folder = value_at(words, at, "--backup-path=");
    }
    if (folder.empty()) return {};
    while (folder.size() > 1 && folder.ends_with('/')) folder.remove_suffix(1);
    const bool whole = folder.starts_with('/') && is_plain_line(folder) &&
                       folder.find_first_of("$%*?\\") == std::string_view::npos;
    return std::string(whole ? folder : computed);
}

}  // namespace

std::string_view take_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::vector<std::string_view> shell_words(std::string_view line) {
    Words words;
    while (!line.empty()) {
        const auto first = std::ranges::find_if_not(line, separates);
        line.remove_prefix(static_cast<std::size_t>(first - line.begin()));
        const auto end = std::ranges::find_if(line, separates);
        const auto word = line.substr(0, static_cast<std::size_t>(end - line.begin()));
        if (word.starts_with('#')) break;
        if (!word.empty()) words.push_back(word);
        line.remove_prefix(word.size());
    }
    return words;
}

std::vector<std::string> joined_lines(std::string_view text) {
    std::vector<std::string> lines;
    bool goes_on = false;
    while (!text.empty()) {
        auto line = take_line(text);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const bool more = line.ends_with('\\') && !trimmed(line).starts_with('#');
        if (more) line.remove_suffix(1);
        if (!goes_on) lines.emplace_back();
        lines.back() += line;
        goes_on = more;
    }
    return lines;
}

Skips skips_in(std::string_view value) {
    constexpr std::size_t longest = 40;
    constexpr std::size_t most = 30;
    Skips skips;
    while (!value.empty() && skips.size() < most) {
        const auto end = std::min(value.find(','), value.size());
        auto word = trimmed(value.substr(0, end));
        value.remove_prefix(std::min(end + 1, value.size()));
        while (word.starts_with('"') || word.starts_with('\'')) word.remove_prefix(1);
        while (word.ends_with('"') || word.ends_with('\'')) word.remove_suffix(1);
        if (word.empty()) continue;
        const bool task = word.size() <= longest && std::ranges::all_of(word, [](char c) {
                              return (c >= 'a' && c <= 'z') || c == '_';
                          });
        skips.emplace_back(task ? word : computed);
    }
    return skips;
}

Skips skips_of(std::string_view line, Skips around) { return skips_of(shell_words(line), std::move(around)); }

std::vector<MadeBackup> backups_made_by(std::string_view script, Skips around) {
    std::vector<MadeBackup> all;
    for (const auto& line : joined_lines(script)) {
        for (const auto& words : shell_commands(line)) {
            const auto skips = skips_of(words, around);
            if (sets_variables(words)) around = skips;
            for (std::size_t at = 0; at < words.size(); ++at) {
                MadeBackup made{kind_at(words, at), {}, {}};
                if (made.kind == v1::BackupSchedule::KIND_UNSPECIFIED) continue;
                if (made.kind == v1::BackupSchedule::APPLICATION) made.skips = skips;
                if (made.kind == v1::BackupSchedule::CONFIGURATION) made.folder = folder_of(words, at);
                if (std::ranges::find(all, made) == all.end()) all.push_back(std::move(made));
            }
        }
    }
    return all;
}

}  // namespace preflight::probes
