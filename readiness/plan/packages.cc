#include "readiness/plan/packages.h"

#include <algorithm>
#include <map>
#include <set>

namespace preflight::readiness {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

// "9.4" → "9"
std::string major_of(const std::string& version_id) { return version_id.substr(0, version_id.find('.')); }

bool is_like(const v1::OperatingSystem& system, std::initializer_list<std::string_view> ids) {
    return is_one_of(system.id(), ids) ||
           std::ranges::any_of(system.id_like(), [&](const auto& like) { return is_one_of(like, ids); });
}

struct Family {
    PackageManager manager = PackageManager::unknown;
    std::string build;
};

// The majors are those that packages were ever built for.
Family family_of(const v1::OperatingSystem& system) {
    const auto major = major_of(system.version_id());
    if (is_like(system, {"debian", "ubuntu", "raspbian"})) return {PackageManager::apt, {}};
    if (system.id() == "amzn") {
        if (major == "2") return {PackageManager::yum, "amazon2"};
        if (major == "2023") return {PackageManager::dnf, "amazon2023"};
        return {};
    }
    if (is_like(system, {"suse", "opensuse", "opensuse-leap", "sles", "sles_sap"}))
        return is_one_of(major, {"12", "15"}) ? Family{PackageManager::zypper, "sles" + major} : Family{};
    if (!is_like(system, {"rhel", "centos", "almalinux", "rocky", "ol", "scientific"})) return {};
    if (is_one_of(major, {"6", "7"})) return {PackageManager::yum, "el" + major};
    if (is_one_of(major, {"8", "9", "10"})) return {PackageManager::dnf, "el" + major};
    return {};
}

std::string package_of(const v1::Installation& installation) {
    if (is_one_of(installation.package_name(), {"gitlab-ee", "gitlab-ce", "gitlab-fips", "gitlab-jh"}))
        return installation.package_name();
    if (!installation.package_name().empty() || installation.fips()) return {};
    if (installation.edition() == v1::EE) return "gitlab-ee";
    return installation.edition() == v1::CE ? "gitlab-ce" : "";
}

// The installed version says it ("19.2.4-fips.0"); of two packages it is in their name.
std::string edition_of(const v1::Installation& installation, const std::string& package) {
    for (const std::string_view edition : {"ee", "ce", "fips", "jh"}) {
        const auto part = "-" + std::string(edition) + ".";
        if (installation.package_version().find(part) != std::string::npos) return std::string(edition);
    }
    if (package == "gitlab-ee") return "ee";
    return package == "gitlab-ce" ? "ce" : "";
}

bool is_rpm(PackageManager manager) {
    return manager == PackageManager::dnf || manager == PackageManager::yum ||
           manager == PackageManager::zypper;
}

std::string program_of(PackageManager manager) {
    switch (manager) {
        case PackageManager::apt:
            return "apt-get";
        case PackageManager::dnf:
            return "dnf";
        case PackageManager::yum:
            return "yum";
        case PackageManager::zypper:
            return "zypper";
        case PackageManager::unknown:
            break;
    }
    return {};
}

// A lock is taken away by the tool that made it; an exclude= or a pin by an editor alone.
Words lock_words(const PackageWay& way, std::string_view held_by, bool hold) {
    if (way.package.empty()) return {};
    if (way.manager == PackageManager::apt)
        return held_by.find("preferences") == std::string_view::npos
                   ? Words{"apt-mark", hold ? "hold" : "unhold", way.package}
                   : Words{};
    if (way.manager == PackageManager::zypper)
        return {"zypper", hold ? "addlock" : "removelock", way.package};
    if (way.manager == PackageManager::unknown || held_by.find("versionlock") == std::string_view::npos)
        return {};
    return {program_of(way.manager), "versionlock", hold ? "add" : "delete", way.package};
}

}  // namespace

PackageWay package_way(const v1::Installation& installation, const v1::OperatingSystem* system) {
    const auto family = system == nullptr ? Family() : family_of(*system);
    const auto package = package_of(installation);
    return {family.manager, package, edition_of(installation, package), family.build};
}

Words refresh_words(const PackageWay& way) {
    if (way.manager == PackageManager::unknown) return {};
    if (way.manager == PackageManager::apt) return {"apt-get", "update"};
    return {program_of(way.manager), way.manager == PackageManager::zypper ? "refresh" : "makecache"};
}

Words install_words(const PackageWay& way, const Version& version) {
    if (way.manager == PackageManager::unknown || way.package.empty() || way.edition.empty()) return {};
    if (is_rpm(way.manager) && way.build.empty()) return {};
    const auto between = way.manager == PackageManager::dnf || way.manager == PackageManager::yum ? "-" : "=";
    auto exact = way.package + between + version.text() + "-" + way.edition + ".0";
    if (!way.build.empty()) exact += "." + way.build;
    return {program_of(way.manager), "install", exact};
}

// Versions of rpms name the system's line, and those of an older one are older; within one line of SUSE's,
// and on Debian and Ubuntu, they do not tell systems apart.
Words reinstall_words(const PackageWay& way, const Version& version) {
    auto words = install_words(way, version);
    if (words.empty()) return words;
    if (way.manager == PackageManager::apt) words.insert(words.begin() + 2, "--reinstall");
    if (way.manager == PackageManager::zypper) words.insert(words.begin() + 2, "--force");
    return words;
}

std::string source_script(const PackageWay& way) {
    if (way.manager == PackageManager::unknown || way.package.empty()) return {};
    return way.manager == PackageManager::apt ? "script.deb.sh" : "script.rpm.sh";
}

Words release_words(const PackageWay& way, std::string_view held_by) {
    return lock_words(way, held_by, false);
}

Words hold_words(const PackageWay& way, std::string_view held_by) { return lock_words(way, held_by, true); }

Words holds_words(const PackageWay& way, std::string_view held_by) {
    if (release_words(way, held_by).empty()) return {};
    if (way.manager == PackageManager::apt) return {"apt-mark", "showhold"};
    if (way.manager == PackageManager::zypper) return {"zypper", "locks"};
    return {program_of(way.manager), "versionlock", "list"};
}

Words installed_words(const PackageWay& way) {
    if (way.manager == PackageManager::unknown || way.package.empty()) return {};
    if (is_rpm(way.manager)) return {"rpm", "-q", way.package};
    return {"dpkg-query", "--show", way.package};
}

Words offered_words(const PackageWay& way) {
    if (way.manager == PackageManager::unknown || way.package.empty()) return {};
    if (way.manager == PackageManager::apt) return {"apt-cache", "policy", way.package};
    if (way.manager == PackageManager::zypper) return {"zypper", "search", "--details", way.package};
    // The lock of the package hides what is not its own version.
    return {program_of(way.manager), "list", "--showduplicates", "--disableplugin=versionlock", way.package};
}

std::string image_name(const v1::Installation& installation, const Version& version) {
    const std::string edition =
        installation.edition() == v1::EE ? "ee" : (installation.edition() == v1::CE ? "ce" : "");
    if (edition.empty() || installation.fips()) return {};
    return "gitlab/gitlab-" + edition + ":" + version.text() + "-" + edition + ".0";
}

bool is_of_other(const v1::Command& command, PackageManager manager) {
    if (manager == PackageManager::unknown || command.argv().empty()) return false;
    static const std::map<PackageManager, std::set<std::string>> tools{
        {PackageManager::apt, {"apt-get", "apt-cache", "apt-mark", "apt", "dpkg", "dpkg-query"}},
        {PackageManager::dnf, {"dnf", "rpm"}},
        {PackageManager::yum, {"yum", "rpm"}},
        {PackageManager::zypper, {"zypper", "rpm"}},
    };
    const auto& program = command.argv(0);
    const bool of_any =
        std::ranges::any_of(tools, [&](const auto& entry) { return entry.second.contains(program); });
    return of_any && !tools.at(manager).contains(program);
}

}  // namespace preflight::readiness
