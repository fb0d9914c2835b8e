#include "probes/unattended_upgrades.h"

#include <algorithm>
#include <string>
#include <utility>

#include "probes/config_text.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t size_limit_bytes = 1024UL * 1024;
constexpr std::string_view apt_directory = "/etc/apt/apt.conf.d";
constexpr std::string_view timers = "/etc/systemd/system/timers.target.wants";
constexpr std::string_view services = "/etc/systemd/system/multi-user.target.wants";

// "origin=*", "packages.gitlab.com:jammy", "*:*": takes GitLab's repository in.
bool names_gitlab(std::string_view pattern) {
    return pattern.find("gitlab") != std::string_view::npos || pattern.starts_with("*") ||
           pattern.find("=*") != std::string_view::npos;
}

// apt's configuration: `Scope::Name "value";` and `Scope { Name "value"; "element"; };`, in any mixture.
class AptReader {
  public:
    void take(std::string_view text) {
        scopes_.clear();
        name_.clear();
        while (!text.empty()) text.remove_prefix(step(text));
    }

    v1::UnattendedUpgrades result() {
        found_.set_mechanism("unattended-upgrades");
        found_.set_covers_gitlab(found_.origins_size() > 0 && !excluded_);
        return std::move(found_);
    }

  private:
    // The bytes that one piece takes.
    std::size_t step(std::string_view text) {
        if (text.starts_with("/*")) return behind(text, "*/");
        if (text.starts_with("#clear")) clear(text.substr(6, text.find(';') - 6));
        if (text.starts_with("//") || text.front() == '#') return behind(text, "\n");
        if (text.front() == '"') {
            const auto end = std::min(text.find('"', 1), text.size());
            value(text.substr(1, end - 1));
            return std::min(end + 1, text.size());
        }
        if (text.front() == '{') scopes_.push_back(std::exchange(name_, {}));
        if (text.front() == '}' && !scopes_.empty()) scopes_.pop_back();
        if (text.front() == ';') name_.clear();
        const auto word = text.substr(0, text.find_first_of(" \t\r\n{};\"#"));
        if (word.empty()) return 1;
        name_ = in_lower_case(word);
        return word.size();
    }

    static std::size_t behind(std::string_view text, std::string_view mark) {
        const auto at = text.find(mark);
        return at == std::string_view::npos ? text.size() : at + mark.size();
    }

    std::string key() const {
        std::string key;
        for (const auto& scope : scopes_) key += scope + "::";
        return key + name_;
    }

    void clear(std::string_view what) {
        if (in_lower_case(what).find("unattended-upgrade::") != std::string::npos) found_.clear_origins();
    }

    void value(std::string_view text) {
        const auto of = key();
        if (of == "apt::periodic::unattended-upgrade") found_.set_enabled(text != "0" && !text.empty());
        const bool origins = of.starts_with("unattended-upgrade::origins-pattern") ||
                             of.starts_with("unattended-upgrade::allowed-origins");
        if (origins && names_gitlab(text)) found_.add_origins(shown(text, 120));
        if (of.starts_with("unattended-upgrade::package-blacklist"))
            excluded_ = excluded_ || text.find("gitlab") != std::string_view::npos;
    }

    v1::UnattendedUpgrades found_;
    std::vector<std::string> scopes_;
    std::string name_;
    bool excluded_ = false;
};

void read_apt(const Node& node, Parsed<v1::UnattendedUpgrades>& found) {
    const auto entries = node.list(apt_directory);
    if (!entries) {
        if (entries.error().cause != v1::Gap::ABSENT) found.problems.push_back(entries.error());
        return;
    }
    std::vector<std::string> texts;
    bool spoken = false;
    for (const auto& entry : *entries) {
        const auto path = std::string(apt_directory) + "/" + entry.name;
        if (entry.type == FileType::directory || !is_plain_line(entry.name)) continue;
        auto text = node.read_file(path, size_limit_bytes);
        if (!text) {
            if (text.error().cause != v1::Gap::ABSENT) found.problems.push_back(text.error());
            continue;
        }
        spoken = spoken || text->find("nattended-") != std::string::npos;
        texts.push_back(std::move(*text));
    }
    if (!spoken) return;
    auto one = parse_apt_configuration(texts);
    one.set_path(std::string(apt_directory));
    found.items.push_back(std::move(one));
}

// A timer's or service's link, which `systemctl enable` makes.
bool any_enabled(const Node& node, std::string_view directory, std::string_view prefix) {
    const auto links = node.list(directory);
    return links &&
           std::ranges::any_of(*links, [&](const auto& link) { return link.name.starts_with(prefix); });
}

void read_automatic(const Node& node, std::string_view path, std::string_view mechanism, bool runs,
                    Parsed<v1::UnattendedUpgrades>& found) {
    const auto text = node.read_file(path, size_limit_bytes);
    if (!text) {
        if (text.error().cause != v1::Gap::ABSENT) found.problems.push_back(text.error());
        return;
    }
    auto one = parse_dnf_automatic(*text);
    // This timer of dnf's installs, whatever the file says.
    const bool installs = any_enabled(node, timers, "dnf-automatic-install");
    one.set_mechanism(std::string(mechanism));
    one.set_enabled(runs && (one.enabled() || installs));
    one.set_path(std::string(path));
    found.items.push_back(std::move(one));
}

}  // namespace

v1::UnattendedUpgrades parse_apt_configuration(const std::vector<std::string>& texts) {
    AptReader reader;
    for (const auto& text : texts) reader.take(text);
    return reader.result();
}

v1::UnattendedUpgrades parse_dnf_automatic(std::string_view text) {
    v1::UnattendedUpgrades found;
    bool security_only = false;
    while (const auto next = next_line(text)) {
        const auto line = trimmed(*next);
        const auto equals = line.find('=');
        if (line.starts_with('#') || equals == std::string_view::npos) continue;
        const auto key = trimmed(line.substr(0, equals));
        const auto value = in_lower_case(trimmed(line.substr(equals + 1)));
        if (key == "apply_updates") found.set_enabled(value == "yes" || value == "true" || value == "1");
        // yum-cron's name for it is update_cmd.
        if (key == "upgrade_type" || key == "update_cmd")
            security_only = value.find("security") != std::string::npos;
    }
    // GitLab's repository says of no update that it is one of security.
    found.set_covers_gitlab(!security_only);
    return found;
}

Parsed<v1::UnattendedUpgrades> read_unattended_upgrades(const Node& node) {
    Parsed<v1::UnattendedUpgrades> found;
    read_apt(node, found);
    read_automatic(node, "/etc/dnf/automatic.conf", "dnf-automatic",
                   any_enabled(node, timers, "dnf-automatic"), found);
    read_automatic(node, "/etc/yum/yum-cron.conf", "yum-cron", any_enabled(node, services, "yum-cron"),
                   found);
    return found;
}

}  // namespace preflight::probes
