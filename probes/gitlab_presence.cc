#include "probes/gitlab_presence.h"

#include <algorithm>
#include <array>
#include <string>

#include "probes/paths.h"

namespace preflight::probes {
namespace {

// A path that may not be looked at is there as far as we can tell: what follows then says DENIED, not
// nothing.
bool there(const Node& node, std::string_view path) {
    const auto status = node.status(path);
    return status || status.error().cause != v1::Gap::ABSENT;
}

bool there_beneath(const Node& node, std::string_view directory, std::string_view name) {
    return there(node, std::string(directory) + "/" + std::string(name));
}

bool service_enabled(const Node& node, std::string_view name) {
    // The link itself: in a tree its target may be missing.
    return node.link_status(std::string(paths::supervised_services) + "/" + std::string(name)).has_value();
}

}  // namespace

bool has_gitlab(const Node& node) {
    constexpr std::array<std::string_view, 3> roots = {paths::package_root, paths::config_directory,
                                                       paths::data_root};
    return std::ranges::any_of(roots, [&](std::string_view root) { return there(node, root); }) ||
           there_beneath(node, paths::self_compiled_root, "config/gitlab.yml") ||
           there_beneath(node, paths::cloud_native_root, "config/gitlab.yml");
}

bool has_configured_package(const Node& node) {
    if (!there(node, paths::package_root)) return false;
    const auto services = node.list(paths::supervised_services);
    return (services && !services->empty()) || there(node, paths::attributes_directory) ||
           there(node, paths::gitlab_yml);
}

bool has_rails(const Node& node) {
    return service_enabled(node, "puma") || service_enabled(node, "sidekiq") ||
           there(node, paths::gitlab_yml) ||
           there_beneath(node, paths::self_compiled_root, "config/gitlab.yml") ||
           there_beneath(node, paths::cloud_native_root, "config/gitlab.yml");
}

bool serves(const Node& node, std::string_view service) {
    const auto services = node.list(paths::supervised_services);
    return !services || services->empty() || service_enabled(node, service);
}

}  // namespace preflight::probes
