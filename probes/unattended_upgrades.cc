#include "probes/unattended_upgrades.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "probes/config_text.h"
#include "probes/shown.h"
#include "probes/systemd_units.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t size_limit_bytes = 1024UL * 1024;
constexpr std::string_view apt_directory = "/etc/apt/apt.conf.d";
constexpr std::string_view apt_file = "/etc/apt/apt.conf";  // read behind all of the directory

// This timer of dnf's installs, whatever its file says.
constexpr std::string_view installing_timer = "dnf-automatic-install.timer";
constexpr std::array<std::string_view, 4> dnf_timers{installing_timer, "dnf-automatic.timer",
                                                     "dnf-automatic-download.timer",
                                                     "dnf-automatic-notifyonly.timer"};
constexpr std::array<std::string_view, 1> yum_services{"yum-cron.service"};

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

void note(const Problem& problem, Parsed<v1::UnattendedUpgrades>& found) {
    const bool known = std::ranges::find(found.problems, problem) != found.problems.end();
    if (problem.cause != v1::Gap::ABSENT && !known) found.problems.push_back(problem);
}

// Of the directory apt reads these names alone; others are what an editor or dpkg left.
bool is_read_by_apt(std::string_view name) {
    return is_plain_line(name) && !name.starts_with('.') &&
           (name.find('.') == std::string_view::npos || name.ends_with(".conf"));
}

void read_apt(const Node& node, Parsed<v1::UnattendedUpgrades>& found) {
    std::vector<std::string> texts;
    std::string_view spoken;  // where
    const auto take = [&](const std::string& path, std::string_view place) {
        auto text = node.read_file(path, size_limit_bytes);
        if (!text) return note(text.error(), found);
        if (spoken.empty() && text->find("nattended-") != std::string::npos) spoken = place;
        texts.push_back(std::move(*text));
    };
    const auto entries = node.list(apt_directory);
    if (!entries) note(entries.error(), found);
    if (entries) {
        for (const auto& entry : *entries) {
            if (entry.type == FileType::directory || !is_read_by_apt(entry.name)) continue;
            take(std::string(apt_directory) + "/" + entry.name, apt_directory);
        }
    }
    take(std::string(apt_file), apt_file);
    if (spoken.empty()) return;
    auto one = parse_apt_configuration(texts);
    one.set_path(std::string(spoken));
    found.items.push_back(std::move(one));
}

void read_automatic(const Node& node, std::string_view path, std::string_view mechanism,
                    std::span<const std::string_view> run_by, Parsed<v1::UnattendedUpgrades>& found) {
    const auto text = node.read_file(path, size_limit_bytes);
    if (!text) return note(text.error(), found);
    const SystemdUnits units(node);
    for (const auto& problem : units.problems()) note(problem, found);
    const bool runs = std::ranges::any_of(run_by, [&](auto unit) { return units.enabled(unit); });
    auto one = parse_dnf_automatic(*text);
    one.set_mechanism(std::string(mechanism));
    one.set_enabled(runs && (one.enabled() || units.enabled(installing_timer)));
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
    read_automatic(node, "/etc/dnf/automatic.conf", "dnf-automatic", dnf_timers, found);
    read_automatic(node, "/etc/yum/yum-cron.conf", "yum-cron", yum_services, found);
    return found;
}

}  // namespace preflight::probes
