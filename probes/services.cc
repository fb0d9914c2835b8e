#include "probes/services.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "probes/configured_roles.h"
#include "probes/paths.h"
#include "probes/plain_text.h"
#include "probes/runit.h"
#include "probes/service_roles.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t service_limit = 200;
constexpr std::uint64_t version_limit_bytes = 64UL * 1024;

bool is_there(const Node& node, std::string_view path) {
    const auto status = node.link_status(path);
    return status || status.error().cause != v1::Gap::ABSENT;
}

std::string beneath(std::string_view directory, std::string_view name) {
    return std::string(directory).append("/").append(name);
}

// Names that a supervisor would take: it passes over hidden ones.
Result<std::set<std::string>> names_in(const Node& node, std::string_view directory) {
    const auto entries = node.list(directory);
    if (!entries) return entries.error();
    std::set<std::string> names;
    for (const auto& entry : *entries) {
        const bool service = entry.type == FileType::link || entry.type == FileType::directory;
        if (!service || entry.name.starts_with('.') || !is_plain_line(entry.name)) continue;
        if (names.size() == service_limit) {
            return Problem{v1::Gap::TOO_LARGE, std::string(directory), "more than 200 services"};
        }
        names.insert(entry.name);
    }
    return names;
}

// Tells a cause once, however many services meet it.
class Gaps {
  public:
    explicit Gaps(Findings& out) : out_(out) {}

    void tell(const Problem& problem, std::string_view affects) {
        if (problem.cause != v1::Gap::ABSENT && told_.emplace(problem.cause, affects).second)
            out_.gap(problem, affects);
    }

  private:
    Findings& out_;
    std::set<std::pair<Problem::Cause, std::string>> told_;
};

void look_at_service(const Node& node, const std::string& name, bool enabled, Findings& out, Gaps& gaps) {
    const auto definition = beneath(paths::supervised_definitions, name);
    v1::Service service;
    service.set_name(name);
    service.set_enabled(enabled);
    service.set_starts_down(node.link_status(definition + "/down").has_value());
    // The supervisor writes into the definition and leaves its files behind where a service was disabled.
    const auto status =
        node.live() && enabled ? read_runit_status(node, definition) : Result<RunitStatus>(RunitStatus());
    if (status) service.set_state(status->state);
    const auto version_file = beneath(paths::data_root, name) + "/VERSION";
    const auto version = node.read_file(version_file, version_limit_bytes);
    if (version) service.set_version(first_line_shown(*version, 128));
    *out.add(beneath(enabled ? paths::supervised_services : paths::supervised_definitions, name))
         .mutable_service() = service;
    if (!status) gaps.tell(status.error(), "whether services run");
    if (!version) gaps.tell(version.error(), "versions of services");
}

// The services of the package's supervisor that are enabled; nothing when that cannot be seen.
std::optional<std::set<std::string>> look_at_supervised(const Node& node, Findings& out) {
    const auto enabled = names_in(node, paths::supervised_services);
    if (!enabled) {
        out.gap(enabled.error(), "services of this node");
        return std::nullopt;
    }
    auto all = *enabled;
    const auto defined = names_in(node, paths::supervised_definitions);
    if (defined) all.insert(defined->begin(), defined->end());
    Gaps gaps(out);
    for (const auto& name : all) look_at_service(node, name, enabled->contains(name), out, gaps);
    if (!defined) out.gap(defined.error(), "services that are defined");
    return *enabled;
}

// Units of a self-compiled installation (names from general knowledge), as "puma" of "gitlab-puma.service".
std::optional<std::string> self_compiled_service(std::string_view unit) {
    constexpr std::string_view prefix = "gitlab-";
    constexpr std::string_view suffix = ".service";
    if (!unit.starts_with(prefix) || !unit.ends_with(suffix) || unit.size() <= prefix.size() + suffix.size())
        return std::nullopt;
    const auto name = unit.substr(0, unit.size() - suffix.size());
    constexpr std::array<std::string_view, 6> keep_prefix{"gitlab-workhorse", "gitlab-pages",
                                                          "gitlab-kas",       "gitlab-exporter",
                                                          "gitlab-sshd",      "gitlab-mailroom"};
    if (name == "gitlab-runner" || name == "gitlab-runsvdir" || !is_plain_line(name)) return std::nullopt;
    if (std::ranges::find(keep_prefix, name) != keep_prefix.end()) return std::string(name);
    return std::string(name.substr(prefix.size()));
}

std::optional<std::set<std::string>> look_at_units(const Node& node, Findings& out) {
    constexpr std::string_view units = "/etc/systemd/system";
    constexpr std::array<std::string_view, 2> wanted{"/etc/systemd/system/gitlab.target.wants",
                                                     "/etc/systemd/system/multi-user.target.wants"};
    const auto entries = node.list(units);
    if (!entries) {
        out.gap(entries.error(), "services of this node");
        return std::nullopt;
    }
    std::set<std::string> enabled;
    for (const auto& entry : *entries) {
        const auto name = self_compiled_service(entry.name);
        if (!name) continue;
        const bool on = std::ranges::any_of(
            wanted, [&](auto folder) { return is_there(node, beneath(folder, entry.name)); });
        if (on) enabled.insert(*name);
        auto& service = *out.add(beneath(units, entry.name)).mutable_service();
        service.set_name(*name);
        service.set_enabled(on);
    }
    return enabled;
}

// A proxy of the distribution's own, with GitLab nowhere else on the node.
bool is_load_balancer(const Node& node) {
    if (is_there(node, "/etc/haproxy/haproxy.cfg")) return true;
    for (const std::string_view folder :
         {"/etc/nginx/conf.d", "/etc/nginx/sites-enabled", "/etc/nginx/stream.d"}) {
        const auto entries = node.list(folder);
        const auto names_gitlab = [](const DirectoryEntry& entry) {
            return entry.name.find("gitlab") != std::string::npos;
        };
        if (entries && std::ranges::any_of(*entries, names_gitlab)) return true;
    }
    return false;
}

void tell_roles(const Node& node, const std::set<std::string>& enabled, bool load_balancer, Findings& out) {
    const auto configured = read_configured_roles(node);
    auto roles = roles_of(enabled);
    if (load_balancer) roles.insert(v1::NodeRoles::LOAD_BALANCER);
    auto& found = *out.add(paths::supervised_services).mutable_node_roles();
    for (const auto role : roles) found.add_roles(role);
    if (configured) found.mutable_configured()->Assign(configured->names.begin(), configured->names.end());
    if (!configured) out.gap(configured.error(), "configured roles");
}

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    std::optional<std::set<std::string>> enabled;
    bool load_balancer = false;
    if (is_there(node, paths::package_root)) {
        enabled = look_at_supervised(node, out);
    } else if (is_there(node, beneath(paths::cloud_native_root, "INSTALLATION_TYPE"))) {
        out.gap({v1::Gap::ABSENT, std::string(paths::cloud_native_root),
                 "a pod's services are known to its orchestrator alone"},
                "services of this node");
    } else if (is_there(node, beneath(paths::self_compiled_root, "config/gitlab.yml"))) {
        enabled = look_at_units(node, out);
    } else {
        enabled.emplace();
        load_balancer = is_load_balancer(node);
    }
    if (enabled) tell_roles(node, *enabled, load_balancer, out);
}

}  // namespace

constexpr Probe services{
    .name = "services",
    .looks_at = "which services are supervised here, and what that makes the node",
    .needs = ReadAllFiles{},
    .limit = 5s,
    .look = look,
};

}  // namespace preflight::probes
