#include "probes/filesystems.h"

#include <algorithm>
#include <array>
#include <optional>

#include "probes/gitaly_config.h"
#include "probes/gitlab_yml.h"
#include "probes/paths.h"
#include "probes/shown.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

constexpr std::size_t path_limit = 200;

constexpr std::array<std::string_view, 11> package_paths{"/",
                                                         paths::config_directory,
                                                         paths::package_root,
                                                         paths::data_root,
                                                         "/var/opt/gitlab/git-data",
                                                         "/var/opt/gitlab/gitaly",
                                                         paths::postgresql_directory,
                                                         paths::default_backups,
                                                         "/var/opt/gitlab/redis",
                                                         "/var/log/gitlab",
                                                         "/tmp"};

void add(std::vector<std::string>& paths, std::string path) {
    const bool usable = path.starts_with('/') && path.size() < 4096 && shown(path, path.size()) == path;
    if (!usable || paths.size() == path_limit || std::ranges::find(paths, path) != paths.end()) return;
    paths.push_back(std::move(path));
}

// A path of GitLab's and where it leads to.
struct Place {
    std::string path;
    std::string resolved;
};

// Places on one mount.
struct Group {
    const Mount* mount = nullptr;
    std::vector<Place> places;
};

std::vector<Group> groups_of(const Node& node, const Mounts& mounts, const std::vector<std::string>& paths) {
    std::vector<Group> groups;
    for (const auto& path : paths) {
        auto resolved = mounts.resolve(node, path);
        const auto* mount = mounts.of(resolved);
        auto group = std::ranges::find(groups, mount, &Group::mount);
        if (group == groups.end()) group = groups.insert(groups.end(), Group{mount, {}});
        group->places.push_back({path, std::move(resolved)});
    }
    std::stable_partition(groups.begin(), groups.end(), [](const Group& group) {
        return group.mount == nullptr || !group.mount->network();
    });
    return groups;
}

std::vector<std::string> present_paths(const Node& node, const Group& group, Findings& out) {
    std::vector<std::string> present;
    for (const auto& place : group.places) {
        const auto status = node.status(place.resolved);
        if (status) {
            present.push_back(place.path);
        } else if (status.error().cause != v1::Gap::ABSENT) {
            out.gap(status.error(), "filesystem of this path");
        }
    }
    return present;
}

void set_numbers(const FilesystemStatus& status, v1::Filesystem& filesystem) {
    filesystem.set_size_bytes(status.size_bytes);
    filesystem.set_available_bytes(status.available_bytes);
    filesystem.set_inodes(status.inodes);
    filesystem.set_inodes_available(status.inodes_available);
}

void look_at_group(const Node& node, const Mounts& mounts, const Group& group, Findings& out) {
    const auto present = present_paths(node, group, out);
    if (present.empty()) return;
    v1::Filesystem filesystem;
    for (const auto& path : present) filesystem.add_paths(path);
    filesystem.set_mount_point(shown(group.mount->point));
    filesystem.set_device(group.mount->device);
    filesystem.set_type(group.mount->type);
    filesystem.set_network(group.mount->network());
    filesystem.set_read_only(group.mount->read_only);
    filesystem.set_noexec(group.mount->noexec);
    const auto status = node.filesystem(present.front());
    if (status) set_numbers(*status, filesystem);
    const auto source = status ? "statvfs " + present.front() : mounts.source;
    *out.add(source).mutable_filesystem() = filesystem;
    if (!status && status.error().cause != v1::Gap::NOT_LIVE) out.gap(status.error(), "free space");
}

// Without a table of mounts the device number tells which paths lie together.
void look_by_device(const Node& node, const Group& group, Findings& out) {
    std::vector<std::pair<FilesystemStatus, v1::Filesystem>> found;
    for (const auto& path : present_paths(node, group, out)) {
        const auto status = node.filesystem(path);
        if (!status) {
            if (status.error().cause != v1::Gap::NOT_LIVE) out.gap(status.error(), "filesystem of this path");
            continue;
        }
        const auto same = [&](const auto& known) { return known.first.device == status->device; };
        auto place = std::ranges::find_if(found, same);
        if (place == found.end()) place = found.insert(found.end(), {*status, v1::Filesystem()});
        place->second.add_paths(path);
    }
    for (auto& [status, filesystem] : found) {
        set_numbers(status, filesystem);
        *out.add("statvfs " + filesystem.paths(0)).mutable_filesystem() = filesystem;
    }
}

}  // namespace

std::vector<std::string> gitlab_paths(const Node& node, Findings& out) {
    std::vector<std::string> paths(package_paths.begin(), package_paths.end());
    const auto yml = read_gitlab_yml(node);
    if (yml) {
        add(paths, text_of(member(member(yml->production, "backup"), "path")));
    } else if (yml.error().cause != v1::Gap::ABSENT) {
        out.gap(yml.error(), "filesystem of the backups");
    }
    const auto toml = node.read_file(paths::gitaly_toml);
    if (toml) {
        for (const auto& config : parse_gitaly_config(*toml, paths::gitaly_toml).items) {
            for (const auto& storage : config.server.storages()) add(paths, storage.path());
        }
    } else if (toml.error().cause != v1::Gap::ABSENT) {
        out.gap(toml.error(), "filesystems of Gitaly's storages");
    }
    return paths;
}

void look_at_filesystems(const Node& node, const Mounts& mounts, const std::vector<std::string>& paths,
                         Findings& out) {
    for (const auto& group : groups_of(node, mounts, paths)) {
        if (group.mount != nullptr) {
            look_at_group(node, mounts, group, out);
        } else {
            look_by_device(node, group, out);
        }
        out.flush();  // the next one may hang
    }
}

}  // namespace preflight::probes
