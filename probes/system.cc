#include "probes/system.h"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "probes/c_library.h"
#include "probes/dpkg_status.h"
#include "probes/filesystems.h"
#include "probes/host.h"
#include "probes/mounts.h"
#include "probes/os_release.h"
#include "probes/shown.h"
#include "probes/unseen.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t size_limit_bytes = 64UL * 1024;

std::optional<std::string> architecture_of_packages(const Node& node, const Result<DpkgStatus>& packages) {
    const auto native = node.read_file("/var/lib/dpkg/arch", size_limit_bytes);
    if (native) return first_line_shown(*native);
    if (!packages) return std::nullopt;
    if (packages->c_library) return packages->c_library->architecture;
    if (!packages->gitlab.empty()) return packages->gitlab.front().architecture;
    return std::nullopt;
}

// Of the running kernel; in a tree of the package database, else of the dynamic loader that lies there.
Result<std::string> architecture(const Node& node, const Result<DpkgStatus>& packages) {
    if (node.live()) {
        utsname names{};
        if (::uname(&names) != 0) return problem_from_errno(errno, "uname");
        return shown(static_cast<const char*>(names.machine));
    }
    auto known = architecture_of_packages(node, packages);
    if (known && !known->empty()) return std::move(*known);
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> loaders{
        {{"/lib64/ld-linux-x86-64.so.2", "x86_64"},
         {"/lib/ld-linux-aarch64.so.1", "aarch64"},
         {"/lib/ld-linux-armhf.so.3", "armv7l"}}};
    for (const auto& [path, name] : loaders) {
        if (node.link_status(path)) return std::string(name);
    }
    return Problem{v1::Gap::ABSENT, std::string(DpkgStatus::path), "nothing names the architecture"};
}

// By what container engines leave behind (general knowledge of Docker, Podman, systemd and cgroup paths).
bool in_container(const Node& node) {
    constexpr std::array<std::string_view, 3> markers{"/.dockerenv", "/run/.containerenv",
                                                      "/run/systemd/container"};
    if (std::ranges::any_of(markers, [&](auto path) { return node.link_status(path).has_value(); }))
        return true;
    const auto groups = node.read_file("/proc/1/cgroup", size_limit_bytes);
    if (!groups) return false;
    constexpr std::array<std::string_view, 5> engines{"/docker", "/lxc", "/kubepods", "/libpod",
                                                      "/containerd"};
    return std::ranges::any_of(engines,
                               [&](auto engine) { return groups->find(engine) != std::string::npos; });
}

void look_at_operating_system(const Node& node, Unseen& unseen, Findings& out) {
    v1::OperatingSystem system;
    const auto release = read_os_release(node);
    if (release) {
        system.set_id(release->id);
        system.set_version_id(release->version_id);
        system.set_pretty_name(release->pretty_name);
        for (const auto& like : release->id_like) system.add_id_like(like);
    }
    const auto packages = read_dpkg_status(node);
    const auto machine = architecture(node, packages);
    if (machine) system.set_architecture(*machine);
    if (!machine) unseen.note(machine.error(), "architecture");
    const auto kernel = node.read_file("/proc/sys/kernel/osrelease", size_limit_bytes);
    if (kernel) system.set_kernel(first_line_shown(*kernel));
    if (!kernel) unseen.note(kernel.error(), "kernel");
    const auto library = read_c_library(node, packages ? packages->c_library : std::nullopt);
    if (library) system.set_glibc(library->version);
    if (!library) unseen.note(library.error(), "C library");
    system.set_container(in_container(node));
    *out.add(release ? release->path : "/").mutable_operating_system() = system;
    if (!release) out.gap(release.error(), "operating system");
}

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    Unseen unseen(node);
    look_at_operating_system(node, unseen, out);
    const auto host = read_host(node, unseen);
    *out.add("/etc/hostname").mutable_host() = host;
    const auto mounts = read_mounts(node);
    if (!mounts) unseen.note(mounts.error(), "filesystems");
    if (mounts && !node.live())
        unseen.note({v1::Gap::NOT_LIVE, "statvfs", "a tree has no disks"}, "free space");
    const auto paths = gitlab_paths(node, out);
    // Before the filesystems: one of the network may hang, and this process with it.
    unseen.report(out);
    out.flush();
    if (mounts || node.live()) look_at_filesystems(node, mounts ? *mounts : Mounts(), paths, out);
}

}  // namespace

constexpr Probe system{
    .name = "system",
    .looks_at = "operating system, host, and the filesystems under GitLab's paths",
    .needs = ReadAllFiles{},
    .limit = 10s,
    .look = look,
};

}  // namespace preflight::probes
