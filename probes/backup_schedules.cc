#include "probes/backup_schedules.h"

#include <algorithm>
#include <array>
#include <utility>

#include "probes/plain_text.h"
#include "probes/systemd_units.h"

namespace preflight::probes {
namespace {

// Places and rules of cron and systemd are from general knowledge.
constexpr std::uint64_t schedule_limit_bytes = 256 * 1024;

std::string beneath(std::string_view directory, std::string_view name) {
    return std::string(directory) + "/" + std::string(name);
}

class Reader {
  public:
    explicit Reader(const Node& node) : node_(node) {}

    BackupSchedules read() {
        crontab("/etc/crontab", CrontabForm::system);
        for (const auto& name : files_of("/etc/cron.d")) {
            if (cron_reads(name)) crontab(beneath("/etc/cron.d", name), CrontabForm::system);
        }
        // Debian keeps the users' crontabs in the one, Red Hat and SUSE in the other.
        for (const std::string_view spool :
             {"/var/spool/cron/crontabs", "/var/spool/cron", "/var/spool/cron/tabs"}) {
            for (const auto& name : files_of(spool)) crontab(beneath(spool, name), CrontabForm::user);
        }
        constexpr std::array<std::pair<std::string_view, std::string_view>, 4> runs = {
            {{"/etc/cron.hourly", "@hourly"},
             {"/etc/cron.daily", "@daily"},
             {"/etc/cron.weekly", "@weekly"},
             {"/etc/cron.monthly", "@monthly"}}};
        for (const auto& [directory, when] : runs) {
            for (const auto& name : files_of(directory)) script(beneath(directory, name), name, when);
        }
        for (auto& backup : parse_anacrontab(text_of("/etc/anacrontab"))) {
            add("/etc/anacrontab", std::move(backup));
        }
        timers();
        return std::move(schedules_);
    }

  private:
    // Names of what may be read as a file. A directory that is not there holds no schedule.
    std::vector<std::string> files_of(std::string_view directory) {
        std::vector<std::string> names;
        const auto entries = node_.list(directory);
        if (!entries) {
            note(entries.error());
            return names;
        }
        for (const auto& entry : *entries) {
            if (entry.type == FileType::directory) continue;
            if (is_plain_line(entry.name)) {
                names.push_back(entry.name);
            } else {
                note(malformed(std::string(directory), "a file's name is not text"));
            }
        }
        return names;
    }

    // Files that cron passes over hold no schedule: Debian takes no name with a dot, the others leave out
    // copies.
    bool cron_reads(std::string_view name) {
        if (debian_) return name.find_first_of(".~#") == std::string_view::npos;
        constexpr std::array<std::string_view, 6> copies = {"~",       ".rpmsave", ".rpmorig",
                                                            ".rpmnew", ".bak",     ".orig"};
        return !name.starts_with('.') && !name.starts_with('#') &&
               std::ranges::none_of(copies, [&](std::string_view end) { return name.ends_with(end); });
    }

    // Empty when it is not there or cannot be read; the latter is noted.
    std::string text_of(const std::string& path) {
        auto text = node_.read_file(path, schedule_limit_bytes);
        if (!text) {
            note(text.error());
            return {};
        }
        if (text->find('\0') != std::string::npos) {
            note(malformed(path, "binary, where lines of text were expected"));
            return {};
        }
        return std::move(*text);
    }

    void crontab(const std::string& path, CrontabForm form) {
        const auto text = text_of(path);
        for (auto& backup : parse_crontab(text, form)) add(path, std::move(backup));
        for (const auto& script : scripts_of_crontab(text, form)) {
            for (auto& made : backups_of_script(script.path, script.skips))
                add(path, scheduled(script.when, std::move(made)));
        }
    }

    // What a daily run starts: executable files. A compiled program is no script of the administrator's.
    void script(const std::string& path, std::string_view name, std::string_view when) {
        constexpr std::uint32_t executable = 0111;
        const auto status = node_.status(path);
        if (!status || !cron_reads(name) || (status->mode & executable) == 0) return;
        const auto file = node_.open_file(path);
        const auto magic = file ? file->read_at(0, 4) : Result<std::string>(file.error());
        if (magic && *magic ==
                         "\x7f"
                         "ELF")
            return;
        for (auto& made : backups_made_by(text_of(path)))
            add(path, scheduled(std::string(when), std::move(made)));
    }

    void timers() {
        SystemdUnits units(node_);
        for (const auto& name : units.timers()) timer(units, name);
        for (const auto& problem : units.problems()) note(problem);
    }

    void timer(SystemdUnits& units, const std::string& name) {
        const auto timer = parse_systemd_timer(units.text_of(name));
        if (timer.when.empty()) return;
        constexpr std::string_view suffix = ".timer";
        auto service = name.substr(0, name.size() - suffix.size()) + ".service";
        if (!timer.unit.empty() && is_plain_line(timer.unit)) service = timer.unit;
        const auto text = units.text_of(service);
        auto all = backups_made_by_service(text);
        for (const auto& path : scripts_of_service(text)) {
            for (auto& made : backups_of_script(path, skips_of_service(text))) {
                if (std::ranges::find(all, made) == all.end()) all.push_back(std::move(made));
            }
        }
        for (const auto& made : all) {
            for (const auto& when : timer.when) {
                auto backup = scheduled(when, made);
                backup.disabled = !units.enabled(name);
                add(units.path_of(name), std::move(backup));
            }
        }
    }

    // Of a file that a schedule starts or names: only what begins as a script is one.
    std::vector<MadeBackup> backups_of_script(const std::string& path, const Skips& around) {
        constexpr int most = 200;
        if (++scripts_ > most) return {};
        const auto text = node_.read_file(path, schedule_limit_bytes);
        if (!text || !text->starts_with("#!") || text->find('\0') != std::string::npos) return {};
        return backups_made_by(*text, around);
    }

    void add(const std::string& path, ScheduledBackup backup) {
        schedules_.found.push_back({path, std::move(backup)});
    }

    void note(const Problem& problem) {
        if (problem.cause != v1::Gap::ABSENT) schedules_.problems.push_back(problem);
    }

    const Node& node_;
    const bool debian_ = node_.status("/etc/debian_version").has_value();
    int scripts_ = 0;
    BackupSchedules schedules_;
};

}  // namespace

BackupSchedules read_backup_schedules(const Node& node) { return Reader(node).read(); }

}  // namespace preflight::probes
