#include "probes/unattended_upgrades.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/origin_patterns.h"
#include "probes/package_sources.h"
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

// apt's configuration: `Scope::Name "value";` and `Scope { Name "value"; "element"; };`, in any mixture.
class AptReader {
  public:
    explicit AptReader(const AptOffer& offer) : offer_(offer) {}

    void take(std::string_view text) {
        scopes_.clear();
        name_.clear();
        while (!text.empty()) text.remove_prefix(step(text));
    }

    AptConfiguration result() {
        AptConfiguration all;
        auto& found = all.upgrades;
        found.set_mechanism("unattended-upgrades");
        found.set_enabled(enabled_);
        for (const auto* patterns : {&origins_, &allowed_}) {
            for (const auto& pattern : *patterns) {
                const auto covers = covers_gitlab(pattern, offer_.hosts);
                if (covers == Covers::yes) found.add_origins(shown(pattern, 120));
                if (covers == Covers::perhaps) all.undecided.push_back(shown(pattern, 120));
            }
        }
        const bool excluded = std::ranges::any_of(
            excluded_, [&](const auto& entry) { return blacklists_gitlab(entry, offer_.installed); });
        found.set_covers_gitlab(found.origins_size() > 0 && !excluded);
        // Settled by another, by the exceptions, or because nothing is upgraded.
        if (found.origins_size() > 0 || excluded || !enabled_) all.undecided.clear();
        return all;
    }

  private:
    // The bytes that one piece takes.
    std::size_t step(std::string_view text) {
        if (text.starts_with("/*")) return behind(text, "*/");
        if (text.starts_with("#clear")) clear(text.substr(6, text.find_first_of(";\n") - 6));
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

    // A list alone, or all that a scope above it holds.
    void clear(std::string_view what) {
        auto scope = in_lower_case(trimmed(what));
        while (scope.ends_with(':')) scope.pop_back();
        const auto within = [&](std::string_view of) {
            return !scope.empty() && (of == scope || of.starts_with(scope + "::"));
        };
        if (within(origins_pattern)) origins_.clear();
        if (within(allowed_origins)) allowed_.clear();
        if (within(package_blacklist)) excluded_.clear();
        if (within(periodic)) enabled_ = false;
    }

    static bool is_of(std::string_view key, std::string_view list) {
        return key.starts_with(list) &&
               (key.size() == list.size() || key.substr(list.size()).starts_with("::"));
    }

    void value(std::string_view text) {
        const auto of = key();
        if (of == periodic) enabled_ = text != "0" && !text.empty();
        if (is_of(of, origins_pattern)) origins_.emplace_back(text);
        if (is_of(of, allowed_origins)) allowed_.emplace_back(text);
        if (is_of(of, package_blacklist)) excluded_.emplace_back(text);
    }

    static constexpr std::string_view periodic = "apt::periodic::unattended-upgrade";
    static constexpr std::string_view origins_pattern = "unattended-upgrade::origins-pattern";
    static constexpr std::string_view allowed_origins = "unattended-upgrade::allowed-origins";
    static constexpr std::string_view package_blacklist = "unattended-upgrade::package-blacklist";

    const AptOffer& offer_;
    bool enabled_ = false;
    std::vector<std::string> origins_;
    std::vector<std::string> allowed_;
    std::vector<std::string> excluded_;
    std::vector<std::string> scopes_;
    std::string name_;
};

// Where GitLab's package comes from. What of the sources cannot be read, is said where they are.
std::vector<std::string> hosts_of_gitlab(const Node& node) {
    std::vector<std::string> hosts;
    for (const auto& source : read_package_sources(node).items) {
        const auto address = parse_address(source.uri());
        if (source.enabled() && address) hosts.push_back(in_lower_case(address->host));
    }
    return hosts;
}

void note(const Problem& problem, Parsed<v1::UnattendedUpgrades>& found) {
    const bool known = std::ranges::find(found.problems, problem) != found.problems.end();
    if (problem.cause != v1::Gap::ABSENT && !known) found.problems.push_back(problem);
}

// Of the directory apt reads these names alone; others are what an editor or dpkg left.
bool is_read_by_apt(std::string_view name) {
    return is_plain_line(name) && !name.starts_with('.') &&
           (name.find('.') == std::string_view::npos || name.ends_with(".conf"));
}

void read_apt(const Node& node, std::string_view installed, Parsed<v1::UnattendedUpgrades>& found) {
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
    auto one = parse_apt_configuration(texts, {std::string(installed), hosts_of_gitlab(node)});
    one.upgrades.set_path(std::string(spoken));
    found.items.push_back(std::move(one.upgrades));
    if (!one.undecided.empty()) {
        found.unclear(spoken, "whether \"" + one.undecided.front() +
                                  "\" takes GitLab's repository in hangs on what its mirror calls itself");
    }
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

AptConfiguration parse_apt_configuration(const std::vector<std::string>& texts, const AptOffer& offer) {
    AptReader reader(offer);
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

Parsed<v1::UnattendedUpgrades> read_unattended_upgrades(const Node& node, std::string_view installed) {
    Parsed<v1::UnattendedUpgrades> found;
    read_apt(node, installed, found);
    read_automatic(node, "/etc/dnf/automatic.conf", "dnf-automatic", dnf_timers, found);
    read_automatic(node, "/etc/yum/yum-cron.conf", "yum-cron", yum_services, found);
    return found;
}

}  // namespace preflight::probes
