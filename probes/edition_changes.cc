#include "probes/edition_changes.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "probes/config_text.h"
#include "probes/rotated_logs.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

constexpr std::size_t changes_limit = 10;
constexpr std::size_t files_limit = 40;  // of one log
constexpr std::size_t installs_limit = 100;
constexpr std::array<std::string_view, 2> editions{"gitlab-ee", "gitlab-ce"};

struct Log {
    PackageLog kind;
    std::string_view folder;
    std::string_view name;
};

// On a system that came from yum to dnf, yum's is the older one.
constexpr std::array<Log, 4> logs{{{PackageLog::yum, "/var/log", "yum.log"},
                                   {PackageLog::dnf, "/var/log", "dnf.rpm.log"},
                                   {PackageLog::zypper, "/var/log/zypp", "history"},
                                   {PackageLog::dpkg, "/var/log", "dpkg.log"}}};

// "2024-05-06"
bool is_day(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00";
    return std::ranges::equal(text, shape, [](char letter, char wanted) {
        return wanted == '-' ? letter == '-' : is_digit(letter);
    });
}

std::optional<EditionInstall> install_of(std::string_view day, std::string_view package) {
    if (std::ranges::find(editions, package) == editions.end()) return std::nullopt;
    return EditionInstall{shown(day), std::string(package)};
}

// "gitlab-ee-16.11.2-ee.0.el9.x86_64"; yum writes an epoch before it.
std::string_view edition_in(std::string_view package) {
    const auto colon = package.find(':');
    if (colon < package.find('-')) package.remove_prefix(colon + 1);
    for (const auto edition : editions) {
        const auto version = package.substr(std::min(package.size(), edition.size()));
        if (package.starts_with(edition) && version.size() > 1 && version[0] == '-' && is_digit(version[1]))
            return edition;
    }
    return {};
}

// 2024-05-06 10:11:12 install gitlab-ce:amd64 <none> 16.11.2-ce.0
std::optional<EditionInstall> dpkg_install(std::string_view line) {
    const auto fields = split(line, " ");
    if (fields.size() < 6 || !is_day(fields[0]) || (fields[2] != "install" && fields[2] != "upgrade"))
        return std::nullopt;
    return install_of(fields[0], fields[3].substr(0, fields[3].find(':')));
}

// May 06 10:11:12 Installed: gitlab-ce-16.11.2-ce.0.el7.x86_64
std::optional<EditionInstall> yum_install(std::string_view line) {
    const auto words = words_of(line);
    if (words.size() < 5 || words[0].size() != 3 || words[1].size() > 2 || !number_in(words[1]) ||
        (words[3] != "Installed:" && words[3] != "Updated:"))
        return std::nullopt;
    return install_of(std::string(words[0]) + " " + std::string(words[1]), edition_in(words[4]));
}

// 2024-05-06T10:11:12+0200 SUBDEBUG Installed: gitlab-ce-16.11.2-ce.0.el9.x86_64. "Upgraded" is what went.
std::optional<EditionInstall> dnf_install(std::string_view line) {
    const auto words = words_of(line);
    constexpr std::array<std::string_view, 4> comes{"Installed:", "Upgrade:", "Downgrade:", "Reinstall:"};
    const auto day = words.empty() ? std::string_view() : words[0].substr(0, words[0].find('T'));
    if (words.size() < 4 || !is_day(day) || words[1] != "SUBDEBUG" ||
        std::ranges::find(comes, words[2]) == comes.end())
        return std::nullopt;
    return install_of(day, edition_in(words[3]));
}

// 2024-05-06 10:11:12|install|gitlab-ce|16.11.2-ce.0.sles15|x86_64|root@web1|gitlab|…
std::optional<EditionInstall> zypper_install(std::string_view line) {
    const auto fields = split(line, "|");
    const auto day = fields.empty() ? std::string_view() : fields[0].substr(0, fields[0].find(' '));
    if (fields.size() < 4 || !is_day(day) || fields[1] != "install") return std::nullopt;
    return install_of(day, fields[2]);
}

// What one file tells, of several installs of one edition in a row the first.
struct Told {
    std::string path;
    std::vector<EditionInstall> installs;
};

// The newest first.
std::vector<LogFile> files_of(const Node& node, const Log& log, std::vector<Problem>& problems) {
    const std::string folder(log.folder);
    const auto entries = node.list(folder);
    if (!entries) {
        if (entries.error().cause != v1::Gap::ABSENT) problems.push_back(entries.error());
        return {};
    }
    auto files = files_of_log(*entries, log.name);
    const auto other = [](const LogFile& file) { return file.packing == LogFile::Packing::other; };
    if (std::ranges::all_of(files, other)) {
        files.resize(std::min(files.size(), std::size_t{1}));  // the reader says why it reads none
    } else {
        std::erase_if(files, other);
    }
    if (files.size() > files_limit) {
        problems.push_back({v1::Gap::DROPPED, folder + "/" + files[files_limit].name,
                            "more files of the log than are read"});
        files.resize(files_limit);
    }
    return files;
}

// The oldest file first. It is read last, so that a limit cuts what is long ago.
std::vector<Told> read_log(const Node& node, const Log& log, std::vector<Problem>& problems) {
    const auto files = files_of(node, log, problems);
    std::vector<Told> told;
    told.reserve(files.size());
    LogReader reader(node);
    for (const auto& file : files) {
        auto& [path, installs] = told.emplace_back(Told{std::string(log.folder) + "/" + file.name, {}});
        auto problem = reader.read(path, file.packing, [&, &found = installs](std::string_view line) {
            auto install = parse_install(log.kind, line);
            const bool again = install && !found.empty() && found.back().package == install->package;
            if (install && !again && found.size() < installs_limit) found.push_back(std::move(*install));
        });
        if (problem) problems.push_back(std::move(*problem));
        if (problem && reader.used_up()) break;
    }
    std::ranges::reverse(told);
    return told;
}

void take_install(const std::string& path, const EditionInstall& install, std::string& before,
                  std::vector<v1::EditionChange>& changes) {
    const auto from = std::exchange(before, install.package);
    if (from.empty() || from == install.package) return;
    auto& change = changes.emplace_back();
    change.set_log(path);
    change.set_day(install.day);
    change.set_from(from);
    change.set_to(install.package);
}

}  // namespace

std::optional<EditionInstall> parse_install(PackageLog log, std::string_view line) {
    if (line.find("gitlab-") == std::string_view::npos) return std::nullopt;
    switch (log) {
        case PackageLog::dpkg:
            return dpkg_install(line);
        case PackageLog::yum:
            return yum_install(line);
        case PackageLog::dnf:
            return dnf_install(line);
        case PackageLog::zypper:
            break;
    }
    return zypper_install(line);
}

Parsed<v1::EditionChange> read_edition_changes(const Node& node) {
    Parsed<v1::EditionChange> changes;
    std::string before;
    for (const auto& log : logs) {
        for (const auto& [path, installs] : read_log(node, log, changes.problems)) {
            for (const auto& install : installs) take_install(path, install, before, changes.items);
        }
    }
    if (changes.items.size() > changes_limit) {
        changes.problems.push_back({v1::Gap::DROPPED, changes.items[changes_limit].log(),
                                    "more changes of the edition than are told"});
        changes.items.resize(changes_limit);
    }
    return changes;
}

}  // namespace preflight::probes
