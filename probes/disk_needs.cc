#include "probes/disk_needs.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "probes/gitlab_presence.h"
#include "probes/mounts.h"
#include "probes/paths.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int depth_limit = 10;
constexpr std::string_view affects = "whether there is room for the upgrade";

class Look {
  public:
    Look(const Node& node, Clock::time_point until, Findings& out)
        : node_(node), out_(out), walk_until_(until) {
        if (auto mounts = read_mounts(node)) mounts_ = std::move(*mounts);
    }

    // Of what a package takes nothing here tells; the knowledge does.
    void room(std::string_view step, std::string_view path) {
        v1::DiskNeed one;
        one.set_step(std::string(step));
        one.set_path(std::string(path));
        tell(std::move(one));
    }

    // pg_upgrade copies the data, and the package asks for nine tenths of what is free.
    void postgresql(std::string_view service, std::string_view directory) {
        if (!runs_here(service)) return;
        const auto data = std::string(directory) + "/data";
        const auto status = node_.status(data);
        if (!status) {
            if (status.error().cause != v1::Gap::ABSENT) out_.gap(status.error(), affects);
            return;
        }
        std::uint64_t bytes = 0;
        if (const auto problem = add_size(data, 0, bytes)) return out_.gap(*problem, affects);
        v1::DiskNeed one;
        one.set_step("postgresql_upgrade");
        one.set_path(data);
        one.set_need_bytes(bytes / 9 * 10);
        one.add_terms(fmt::format("a copy of {} bytes of data, in nine tenths of what is free", bytes));
        tell(std::move(one));
    }

  private:
    void tell(v1::DiskNeed one) {
        const auto& path = one.path();
        const auto* mount = mounts_.of(mounts_.resolve(node_, path));
        if (mount != nullptr) one.set_filesystem(shown(mount->point));
        // Of a network that hangs nothing comes back: the `system` probe asks it last and alone.
        const bool network = mount != nullptr && mount->network();
        const auto status =
            network
                ? Result<FilesystemStatus>(Problem{v1::Gap::REFUSED, path, "lies on a network filesystem"})
                : node_.filesystem(path);
        one.set_have_known(status.has_value());
        if (status) one.set_have_bytes(status->available_bytes);
        *out_.add(path).mutable_disk_need() = one;
        if (!status) out_.gap(status.error(), affects);
    }

    bool runs_here(std::string_view service) const {
        const auto link = [&](std::string_view name) {
            return node_.link_status(std::string(paths::supervised_services) + "/" + std::string(name))
                .has_value();
        };
        return link(service) || (service == "postgresql" && link("patroni"));
    }

    // As du reckons a folder, by the sizes of its files; links (tablespaces) are not followed.
    std::optional<Problem> add_size(const std::string& directory, int depth, std::uint64_t& bytes) {
        if (depth > depth_limit) return Problem{v1::Gap::TOO_LARGE, directory, "nested too deep"};
        if (Clock::now() > walk_until_)
            return Problem{v1::Gap::TIMED_OUT, directory, "its files are too many to add up"};
        const auto entries = node_.list(directory);
        if (!entries) {
            // A server at work takes files away meanwhile.
            return entries.error().cause == v1::Gap::ABSENT ? std::nullopt : std::optional(entries.error());
        }
        for (const auto& entry : *entries) {
            const auto path = directory + "/" + entry.name;
            if (entry.type == FileType::directory) {
                if (auto problem = add_size(path, depth + 1, bytes)) return problem;
            } else if (entry.type == FileType::regular) {
                const auto status = node_.link_status(path);
                if (status) bytes += status->size_bytes;
                if (!status && status.error().cause != v1::Gap::ABSENT) return status.error();
            }
        }
        return std::nullopt;
    }

    const Node& node_;
    Findings& out_;
    Mounts mounts_;
    Clock::time_point walk_until_;
};

void look(const Node& node, const Asked& asked, Findings& out) {
    if (!node.status(paths::package_root)) return;
    Look look(node, asked.end_of_waiting(disk_needs.limit), out);
    look.room("package", paths::package_root);
    for (const std::string_view cache :
         {"/var/cache/apt", "/var/cache/dnf", "/var/cache/yum", "/var/cache/zypp"}) {
        if (!node.status(cache)) continue;
        look.room("download", cache);
        break;
    }
    look.postgresql("postgresql", paths::postgresql_directory);
    look.postgresql("geo-postgresql", paths::geo_postgresql_directory);
}

}  // namespace

constexpr Probe disk_needs{
    .name = "disk_needs",
    .looks_at =
        "room that the package and a new major version of PostgreSQL take, and the room that is there",
    .needs = ReadAllFiles{},
    .limit = 20s,
    .look = look,
};

}  // namespace preflight::probes
