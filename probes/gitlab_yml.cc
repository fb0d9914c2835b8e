#include "probes/gitlab_yml.h"

#include <array>

#include "probes/paths.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

Result<GitlabYml> read_from(const Node& node, const std::string& path) {
    const auto text = node.read_file(path);
    if (!text) return text.error();
    const auto document = parse_yaml(*text, path);
    if (!document) return document.error();
    const auto production = member(*document, "production");
    if (!production.IsMap()) return malformed(path, "has no section production");
    return GitlabYml{path, production};
}

}  // namespace

Result<GitlabYml> read_gitlab_yml(const Node& node) {
    auto package = read_from(node, std::string(paths::gitlab_yml));
    if (package || package.error().cause != v1::Gap::ABSENT || node.status(paths::package_root))
        return package;
    for (const auto root : std::array{paths::cloud_native_root, paths::self_compiled_root}) {
        auto found = read_from(node, std::string(root) + "/config/gitlab.yml");
        if (found || found.error().cause != v1::Gap::ABSENT) return found;
    }
    return package;
}

}  // namespace preflight::probes
