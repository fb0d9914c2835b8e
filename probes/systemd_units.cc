#include "probes/systemd_units.h"

#include <array>

#include "probes/plain_text.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t unit_limit_bytes = 256 * 1024;

// systemd.unit(5): what comes later wins. /lib is a link to /usr/lib where the two were merged.
constexpr std::array<std::string_view, 5> directories = {"/lib/systemd/system", "/usr/lib/systemd/system",
                                                         "/usr/local/lib/systemd/system",
                                                         "/run/systemd/system", "/etc/systemd/system"};

std::string beneath(std::string_view directory, std::string_view name) {
    return std::string(directory) + "/" + std::string(name);
}

bool is_unit(std::string_view name) { return name.ends_with(".timer") || name.ends_with(".service"); }

// "backup@gitlab.timer" is made of "backup@.timer"; empty for a name without an instance.
std::string template_of(std::string_view name) {
    const auto at = name.find('@');
    const auto dot = name.rfind('.');
    if (at == std::string_view::npos || dot == std::string_view::npos || dot < at) return {};
    return std::string(name.substr(0, at + 1)) + std::string(name.substr(dot));
}

}  // namespace

SystemdUnits::SystemdUnits(const Node& node) : node_(node) {
    for (const auto directory : directories) take(directory);
}

void SystemdUnits::take(std::string_view directory) {
    constexpr std::string_view drop_in = ".d";
    const auto entries = node_.list(directory);
    if (!entries) return note(entries.error());
    for (const auto& entry : *entries) {
        const std::string_view name = entry.name;
        const auto path = beneath(directory, name);
        if (!is_plain_line(name)) {
            note(malformed(std::string(directory), "a file's name is not text"));
            continue;
        }
        if (entry.type != FileType::directory) {
            if (is_unit(name)) units_[entry.name] = path;
            continue;
        }
        const bool wants = name.ends_with(".wants");
        const bool changes = name.ends_with(drop_in) && is_unit(name.substr(0, name.size() - drop_in.size()));
        if (!wants && !changes) continue;
        const auto inner = node_.list(path);
        if (!inner) {
            note(inner.error());
            continue;
        }
        for (const auto& file : *inner) {
            if (!is_plain_line(file.name)) continue;
            if (wants) wanted_.insert(file.name);
            if (!changes || !file.name.ends_with(".conf")) continue;
            drop_ins_[std::string(name.substr(0, name.size() - drop_in.size()))][file.name] =
                beneath(path, file.name);
        }
    }
}

// A link to /dev/null: the unit never runs.
bool SystemdUnits::masked(const std::string& path) const {
    const auto link = node_.read_link(path);
    return link && *link == "/dev/null";
}

std::vector<std::string> SystemdUnits::timers() const {
    std::set<std::string> names;
    for (const auto& [name, path] : units_) {
        if (name.ends_with(".timer") && template_of(name) != name && !masked(path)) names.insert(name);
    }
    for (const auto& name : wanted_) {
        const auto of = units_.find(template_of(name));
        if (name.ends_with(".timer") && of != units_.end() && !units_.contains(name) && !masked(of->second)) {
            names.insert(name);
        }
    }
    return {names.begin(), names.end()};
}

std::string SystemdUnits::path_of(std::string_view name) const {
    auto found = units_.find(name);
    if (found == units_.end()) found = units_.find(template_of(name));
    return found == units_.end() ? std::string() : found->second;
}

std::string SystemdUnits::text_of(std::string_view name) {
    const auto path = path_of(name);
    if (path.empty()) return {};
    auto text = read(path);
    for (const auto& of : {template_of(name), std::string(name)}) {
        const auto changes = drop_ins_.find(of);
        if (changes == drop_ins_.end()) continue;
        for (const auto& [file, drop_in] : changes->second) text += "\n" + read(drop_in);
    }
    return text;
}

// Empty when it is not there or cannot be read; the latter is noted.
std::string SystemdUnits::read(const std::string& path) {
    auto text = node_.read_file(path, unit_limit_bytes);
    if (!text) {
        note(text.error());
        return {};
    }
    if (text->find('\0') == std::string::npos) return std::move(*text);
    note(malformed(path, "binary, where lines of text were expected"));
    return {};
}

void SystemdUnits::note(const Problem& problem) {
    if (problem.cause != v1::Gap::ABSENT) problems_.push_back(problem);
}

}  // namespace preflight::probes
