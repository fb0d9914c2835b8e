#include "probes/package_hold.h"

#include <fnmatch.h>

#include <algorithm>

#include "probes/config_text.h"
#include "probes/dpkg_status.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t size_limit_bytes = 1024UL * 1024;
constexpr std::size_t pattern_limit_bytes = 200;

// Whether the pattern names GitLab; one that names everything ("*") speaks of no package.
bool matches_package(std::string_view pattern) {
    if (pattern.size() > pattern_limit_bytes || pattern.find("gitlab") == std::string_view::npos)
        return false;
    const std::string text(pattern);
    return std::ranges::any_of(gitlab_package_names, [&](std::string_view name) {
        return ::fnmatch(text.c_str(), std::string(name).c_str(), 0) == 0;
    });
}

// "gitlab-ee-0:19.2.1-ee.0.el9.*" and, of yum, "0:gitlab-ee-19.2.1-ee.0.el7.*".
bool matches_full_name(std::string_view word) {
    const auto epoch = word.find(':');
    if (epoch != std::string_view::npos && number_in(word.substr(0, epoch))) word.remove_prefix(epoch + 1);
    return matches_package(word) || std::ranges::any_of(gitlab_package_names, [&](std::string_view name) {
               if (!word.starts_with(name) || word.size() < name.size() + 2 || word[name.size()] != '-')
                   return false;
               return is_digit(word[name.size() + 1]) || word[name.size() + 1] == '*';
           });
}

struct Pin {
    bool named = false;
    bool version = false;
    bool forbidden = false;

    bool holds() const { return named && (version || forbidden); }
};

using Reader = bool (*)(std::string_view);

struct Looker {
    const Node& node;
    PackageHold found;

    void file(std::string_view path, Reader says) {
        const auto text = node.read_file(path, size_limit_bytes);
        if (!text) {
            if (text.error().cause != v1::Gap::ABSENT) found.problems.push_back(text.error());
        } else if (!found.held_by && says(*text)) {
            found.held_by = std::string(path);
        }
    }

    void directory(std::string_view path, std::string_view ending, Reader says) {
        const auto entries = node.list(path);
        if (!entries) {
            if (entries.error().cause != v1::Gap::ABSENT) found.problems.push_back(entries.error());
            return;
        }
        for (const auto& entry : *entries) {
            const bool counts = entry.name.ends_with(ending) || entry.name.find('.') == std::string::npos;
            if (counts && entry.type != FileType::directory) file(std::string(path) + "/" + entry.name, says);
        }
    }
};

}  // namespace

bool pins_gitlab(std::string_view apt_preferences) {
    Pin pin;
    while (const auto next = next_line(apt_preferences)) {
        const auto line = trimmed(*next);
        if (line.empty()) {
            if (pin.holds()) return true;
            pin = {};
            continue;
        }
        const auto colon = line.find(':');
        if (line.starts_with('#') || colon == std::string_view::npos) continue;
        const auto key = in_lower_case(line.substr(0, colon));
        const auto value = trimmed(line.substr(colon + 1));
        const auto words = words_of(value);
        if (key == "package") pin.named = std::ranges::any_of(words, matches_package);
        if (key == "pin") pin.version = value.starts_with("version");
        if (key == "pin-priority") pin.forbidden = value.starts_with('-');
    }
    return pin.holds();
}

bool locks_gitlab(std::string_view version_lock) {
    while (const auto line = next_line(version_lock)) {
        const auto words = words_of(*line);
        // '!' excludes one version from updates and leaves the others; '#' is a comment.
        if (words.empty() || words.front().starts_with('#') || words.front().starts_with('!')) continue;
        if (std::ranges::any_of(words, matches_full_name)) return true;
    }
    return false;
}

bool zypper_locks_gitlab(std::string_view locks) {
    while (const auto line = next_line(locks)) {
        const auto words = words_of(*line);
        if (words.size() == 2 && words[0] == "solvable_name:" && matches_package(words[1])) return true;
    }
    return false;
}

bool excludes_gitlab(std::string_view configuration) {
    bool excluding = false;
    while (const auto line = next_line(configuration)) {
        if (line->starts_with('#') || line->starts_with(';')) continue;
        auto value = *line;
        const bool goes_on = value.starts_with(' ') || value.starts_with('\t');
        if (!goes_on) {
            const auto equals = value.find('=');
            const auto key = trimmed(value.substr(0, equals));
            excluding = equals != std::string_view::npos && (key == "exclude" || key == "excludepkgs");
            value.remove_prefix(equals == std::string_view::npos ? value.size() : equals + 1);
        }
        const auto patterns = split(value, " \t,");
        if (excluding && std::ranges::any_of(patterns, matches_full_name)) return true;
    }
    return false;
}

// Places from general knowledge of apt, dnf, yum and zypper.
PackageHold find_package_hold(const Node& node) {
    Looker look{node, {}};
    look.file("/etc/apt/preferences", pins_gitlab);
    look.directory("/etc/apt/preferences.d", ".pref", pins_gitlab);
    look.file("/etc/dnf/plugins/versionlock.list", locks_gitlab);
    look.file("/etc/yum/pluginconf.d/versionlock.list", locks_gitlab);
    look.file("/etc/zypp/locks", zypper_locks_gitlab);
    look.file("/etc/dnf/dnf.conf", excludes_gitlab);
    look.file("/etc/yum.conf", excludes_gitlab);
    look.directory("/etc/yum.repos.d", ".repo", excludes_gitlab);
    return std::move(look.found);
}

}  // namespace preflight::probes
