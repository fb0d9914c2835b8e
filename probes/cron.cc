#include "probes/cron.h"

#include <algorithm>
#include <array>
#include <functional>

#include "probes/text.h"

namespace preflight::probes {
namespace {

using Kind = v1::BackupSchedule::Kind;

constexpr std::string_view blanks = " \t\r";

std::string_view take_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

// The next word of a crontab line; blanks before it go as well.
std::string_view take_word(std::string_view& line) {
    line = trimmed(line);
    const auto word = line.substr(0, std::min(line.find_first_of(blanks), line.size()));
    line.remove_prefix(word.size());
    return word;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "*/15", "1-5", "mon,fri": nothing longer than a day's name, so that no other text passes for a time.
bool is_time_field(std::string_view field) {
    constexpr std::size_t longest = 40;
    if (field.empty() || field.size() > longest) return false;
    std::size_t letters = 0;
    for (const char c : field) {
        letters = is_letter(c) ? letters + 1 : 0;
        const bool fits = is_letter(c) || (c >= '0' && c <= '9') || c == '*' || c == '/' || c == ',' ||
                          c == '-' || c == '~' || c == '?';
        if (!fits || letters > 3) return false;
    }
    return true;
}

// Takes the time off the front: five fields or a name as "@daily". Empty when there is none.
std::string take_time(std::string_view& line) {
    line = trimmed(line);
    if (line.starts_with('@')) {
        const auto name = take_word(line);
        constexpr std::array<std::string_view, 7> known = {"@daily",   "@midnight", "@hourly",  "@weekly",
                                                           "@monthly", "@yearly",   "@annually"};
        return std::ranges::find(known, name) == known.end() ? std::string() : std::string(name);
    }
    std::string when;
    for (int field = 0; field < 5; ++field) {
        const auto word = take_word(line);
        if (!is_time_field(word)) return {};
        if (field > 0) when += ' ';
        when += word;
    }
    return when;
}

// In a crontab an unescaped "%" ends the command; what follows is its standard input.
std::string_view without_input(std::string_view command) {
    for (std::size_t at = 0; at < command.size(); ++at) {
        if (command[at] == '%' && (at == 0 || command[at - 1] != '\\')) return command.substr(0, at);
    }
    return command;
}

// Each command of a crontab with its time.
void for_each_command(std::string_view text, CrontabForm form,
                      const std::function<void(const std::string& when, std::string_view command)>& visit) {
    while (!text.empty()) {
        auto line = trimmed(take_line(text));
        if (line.empty() || line.starts_with('#')) continue;
        const auto when = take_time(line);
        // Without a time it sets a variable, or cron refuses it.
        if (when.empty()) continue;
        if (form == CrontabForm::system) take_word(line);
        visit(when, without_input(line));
    }
}

bool separates(char c) {
    return blanks.find(c) != std::string_view::npos ||
           std::string_view(";&|()'\"`{}").find(c) != std::string_view::npos;
}

// The words of one line of shell up to a comment. Quotes only part words: a quoted command is one as well (sh
// -c '…').
std::vector<std::string_view> shell_words(std::string_view line) {
    std::vector<std::string_view> words;
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

// Words of a command that are whole paths: what it starts, and what it names.
std::vector<std::string> paths_in(std::string_view command) {
    constexpr std::size_t most = 8;
    std::vector<std::string> paths;
    for (const auto word : shell_words(command)) {
        if (word.starts_with('/') && paths.size() < most) paths.emplace_back(word);
    }
    return paths;
}

std::string_view program_of(std::string_view word) { return word.substr(word.rfind('/') + 1); }

Kind kind_at(const std::vector<std::string_view>& words, std::size_t at) {
    const auto program = program_of(words[at]);
    const auto argument = at + 1 < words.size() ? words[at + 1] : std::string_view();
    if (program == "gitlab-backup" && argument == "create") return v1::BackupSchedule::APPLICATION;
    if (program == "gitlab-backup-cli" && argument == "backup") return v1::BackupSchedule::APPLICATION;
    // Through gitlab-rake, or rake itself where GitLab was compiled.
    if (words[at] == "gitlab:backup:create") return v1::BackupSchedule::APPLICATION;
    if (program == "gitlab-ctl" && argument == "backup-etc") return v1::BackupSchedule::CONFIGURATION;
    return v1::BackupSchedule::KIND_UNSPECIFIED;
}

void add_once(std::vector<Kind>& kinds, Kind kind) {
    if (kind == v1::BackupSchedule::KIND_UNSPECIFIED) return;
    if (std::ranges::find(kinds, kind) == kinds.end()) kinds.push_back(kind);
}

// Lines as the shell and systemd read them: one that ends with a backslash goes on in the next.
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

// "OnCalendar=daily" of a unit's section, in order.
void for_each_setting(std::string_view text, std::string_view section,
                      const std::function<void(std::string_view key, std::string_view value)>& visit) {
    bool inside = false;
    for (const auto& joined : joined_lines(text)) {
        const auto line = trimmed(joined);
        if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
        if (line.starts_with('[')) {
            inside = line == section;
            continue;
        }
        const auto equals = line.find('=');
        if (!inside || equals == std::string_view::npos) continue;
        visit(trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
    }
}

// What the service runs, in order of the file.
std::vector<std::string> commands_of_service(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> commands;
    for_each_setting(text, "[Service]", [&](std::string_view key, std::string_view value) {
        if (key != "ExecStart" && key != "ExecStartPre" && key != "ExecStartPost") return;
        // Empty: what was set before does not count.
        if (value.empty()) std::erase_if(commands, [&](const auto& command) { return command.first == key; });
        // "-", "@", "+", "!" and ":" before the program only change how it is started.
        value.remove_prefix(std::min(value.find_first_not_of("-@+!:"), value.size()));
        commands.emplace_back(key, value);
    });
    std::vector<std::string> lines;
    lines.reserve(commands.size());
    for (auto& command : commands) lines.push_back(std::move(command.second));
    return lines;
}

bool is_timer_value(std::string_view value) {
    constexpr std::size_t longest = 100;
    const auto fits = [](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') ||
               std::string_view(" *:,./~-+_").find(c) != std::string_view::npos;
    };
    return !value.empty() && value.size() <= longest && std::ranges::all_of(value, fits);
}

// What a timer is started by, as systemd.timer(5) says.
bool is_timer_key(std::string_view key) {
    constexpr std::array<std::string_view, 6> known = {
        "OnCalendar", "OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec"};
    return std::ranges::find(known, key) != known.end();
}

}  // namespace

std::vector<v1::BackupSchedule::Kind> backups_made_by(std::string_view script) {
    std::vector<Kind> kinds;
    for (const auto& line : joined_lines(script)) {
        const auto words = shell_words(line);
        for (std::size_t at = 0; at < words.size(); ++at) add_once(kinds, kind_at(words, at));
    }
    return kinds;
}

std::vector<ScheduledBackup> parse_crontab(std::string_view text, CrontabForm form) {
    std::vector<ScheduledBackup> found;
    for_each_command(text, form, [&](const std::string& when, std::string_view command) {
        for (const auto kind : backups_made_by(command)) found.push_back({when, kind});
    });
    return found;
}

std::vector<ScheduledScript> scripts_of_crontab(std::string_view text, CrontabForm form) {
    std::vector<ScheduledScript> found;
    for_each_command(text, form, [&](const std::string& when, std::string_view command) {
        for (auto& path : paths_in(command)) found.push_back({when, std::move(path)});
    });
    return found;
}

std::vector<ScheduledBackup> parse_anacrontab(std::string_view text) {
    std::vector<ScheduledBackup> found;
    while (!text.empty()) {
        auto line = trimmed(take_line(text));
        if (line.empty() || line.starts_with('#')) continue;
        const auto period = take_word(line);
        const auto delay = take_word(line);
        const bool days = is_time_field(period) && period.find_first_not_of("0123456789") == period.npos;
        if ((!days && period != "@monthly" && period != "@weekly" && period != "@daily") ||
            !is_time_field(delay)) {
            continue;
        }
        take_word(line);
        const auto when = days ? "every " + std::string(period) + " days" : std::string(period);
        for (const auto kind : backups_made_by(line)) found.push_back({when, kind});
    }
    return found;
}

SystemdTimer parse_systemd_timer(std::string_view text) {
    SystemdTimer timer;
    for_each_setting(text, "[Timer]", [&](std::string_view key, std::string_view value) {
        if (key == "Unit") timer.unit = value;
        if (!is_timer_key(key)) return;
        // Empty: what was set before does not count.
        if (value.empty()) timer.when.clear();
        if (!is_timer_value(value)) return;
        timer.when.push_back(key == "OnCalendar" ? std::string(value)
                                                 : std::string(key) + "=" + std::string(value));
    });
    return timer;
}

std::vector<v1::BackupSchedule::Kind> backups_made_by_service(std::string_view text) {
    std::vector<Kind> kinds;
    for (const auto& command : commands_of_service(text)) {
        for (const auto kind : backups_made_by(command)) add_once(kinds, kind);
    }
    return kinds;
}

std::vector<std::string> scripts_of_service(std::string_view text) {
    std::vector<std::string> paths;
    for (const auto& command : commands_of_service(text)) {
        for (auto& path : paths_in(command)) paths.push_back(std::move(path));
    }
    return paths;
}

}  // namespace preflight::probes
