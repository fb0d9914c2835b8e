#include "probes/cron.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "probes/text.h"

namespace preflight::probes {
namespace {

constexpr std::string_view blanks = " \t\r";

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

using VisitCommand =
    std::function<void(const std::string& when, std::string_view command, const Skips& around)>;

// Each command of a crontab with its time, and what the variables above it skip.
void for_each_command(std::string_view text, CrontabForm form, const VisitCommand& visit) {
    Skips around;
    while (!text.empty()) {
        auto line = trimmed(take_line(text));
        if (line.empty() || line.starts_with('#')) continue;
        const auto equals = line.find('=');
        if (equals != std::string_view::npos && trimmed(line.substr(0, equals)) == "SKIP")
            around = skips_in(line.substr(equals + 1));
        const auto when = take_time(line);
        // Without a time it sets a variable, or cron refuses it.
        if (when.empty()) continue;
        if (form == CrontabForm::system) take_word(line);
        visit(when, without_input(line), around);
    }
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

ScheduledBackup scheduled(std::string when, MadeBackup made) {
    return {.when = std::move(when),
            .kind = made.kind,
            .skips = std::move(made.skips),
            .folder = std::move(made.folder)};
}

std::vector<ScheduledBackup> parse_crontab(std::string_view text, CrontabForm form) {
    std::vector<ScheduledBackup> found;
    for_each_command(text, form, [&](const std::string& when, std::string_view command, const Skips& around) {
        for (auto& made : backups_made_by(command, around)) found.push_back(scheduled(when, std::move(made)));
    });
    return found;
}

std::vector<ScheduledScript> scripts_of_crontab(std::string_view text, CrontabForm form) {
    std::vector<ScheduledScript> found;
    for_each_command(text, form, [&](const std::string& when, std::string_view command, const Skips& around) {
        const auto skips = skips_of(command, around);
        for (auto& path : paths_in(command)) found.push_back({when, std::move(path), skips});
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
        for (auto& made : backups_made_by(line)) found.push_back(scheduled(when, std::move(made)));
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

Skips skips_of_service(std::string_view text) {
    Skips skips;
    for_each_setting(text, "[Service]", [&](std::string_view key, std::string_view value) {
        if (key != "Environment") return;
        // Empty: what was set before does not count.
        skips = value.empty() ? Skips() : skips_of(value, skips);
    });
    return skips;
}

std::vector<MadeBackup> backups_made_by_service(std::string_view text) {
    std::vector<MadeBackup> all;
    const auto around = skips_of_service(text);
    for (const auto& command : commands_of_service(text)) {
        for (auto& made : backups_made_by(command, around)) {
            if (std::ranges::find(all, made) == all.end()) all.push_back(std::move(made));
        }
    }
    return all;
}

std::vector<std::string> scripts_of_service(std::string_view text) {
    std::vector<std::string> paths;
    for (const auto& command : commands_of_service(text)) {
        for (auto& path : paths_in(command)) paths.push_back(std::move(path));
    }
    return paths;
}

}  // namespace preflight::probes
