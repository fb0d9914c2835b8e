#include "probes/configured_roles.h"

#include <algorithm>
#include <set>

#include "probes/attributes.h"
#include "probes/gitlab_rb.h"
#include "probes/json.h"
#include "probes/paths.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

constexpr std::size_t role_limit = 64;

// The attributes say "application", gitlab.rb says "application_role".
std::string canonical(std::string_view written) {
    auto name = shown(written, 64);
    std::ranges::replace(name, '-', '_');
    return name.ends_with("_role") ? name : name + "_role";
}

ConfiguredRoles roles_of(const Attributes& attributes) {
    std::set<std::string> names;
    const auto* roles = find(attributes.document, {"normal", "roles"});
    if (roles != nullptr && roles->is_object()) {
        for (const auto& role : roles->get_object()) {
            const auto* enabled = find(role.value(), {"enable"});
            const bool on = enabled != nullptr && enabled->is_bool() && enabled->get_bool();
            if (on && names.size() < role_limit) names.insert(canonical(role.key()));
        }
    }
    return {attributes.path, {names.begin(), names.end()}};
}

Result<ConfiguredRoles> roles_of(const GitlabRb& configuration) {
    const auto is_computed = [&](std::string_view key) {
        return std::ranges::find(configuration.computed, key) != configuration.computed.end();
    };
    const std::string source(paths::gitlab_rb);
    if (is_computed("roles"))
        return Problem{v1::Gap::FAILED, source, "computes its roles, and it is not evaluated"};
    const bool elsewhere = !configuration.includes.empty() || is_computed("from_file") ||
                           is_computed("eval") || is_computed("instance_eval");
    if (configuration.roles.empty() && elsewhere) {
        return Problem{v1::Gap::FAILED, source, "takes settings from another file, which may name roles"};
    }
    std::set<std::string> names;
    for (const auto& role : configuration.roles) {
        if (names.size() < role_limit) names.insert(canonical(role));
    }
    return ConfiguredRoles{source, {names.begin(), names.end()}};
}

}  // namespace

Result<ConfiguredRoles> read_configured_roles(const Node& node) {
    const auto attributes = read_attributes(node);
    if (attributes && attributes->finished()) return roles_of(*attributes);
    const auto text = node.read_file(paths::gitlab_rb);
    if (text) {
        const auto configuration = parse_gitlab_rb(*text, paths::gitlab_rb);
        if (!configuration) return configuration.error();
        return roles_of(*configuration);
    }
    if (!attributes && attributes.error().cause != v1::Gap::ABSENT) return attributes.error();
    if (text.error().cause != v1::Gap::ABSENT) return text.error();
    return ConfiguredRoles{};
}

}  // namespace preflight::probes
