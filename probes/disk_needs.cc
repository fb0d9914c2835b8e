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

constexpr std::uint64_t gibibyte = 1024ULL * 1024 * 1024;
// Estimates on the high side, not measured (3 to 4 GB by general knowledge): the package unpacks beside the
// one that is there.
constexpr std::uint64_t unpacked_bytes = 4 * gibibyte;
constexpr std::uint64_t downloaded_bytes = 2 * gibibyte;
constexpr auto walk_limit = 15s;
constexpr int depth_limit = 10;
constexpr std::string_view affects = "whether there is room for the upgrade";

class Look {
  public:
    Look(const Node& node, Findings& out) : node_(node), out_(out) {
        if (auto mounts = read_mounts(node)) mounts_ = std::move(*mounts);
    }

    void need(std::string_view step, std::string_view path, std::uint64_t bytes, std::string term) {
        v1::DiskNeed one;
        one.set_step(std::string(step));
        one.set_path(std::string(path));
        one.set_need_bytes(bytes);
        one.add_terms(std::move(term));
        const auto* mount = mounts_.of(mounts_.resolve(node_, path));
        if (mount != nullptr) one.set_filesystem(shown(mount->point));
        // Of a network that hangs nothing comes back: the `system` probe asks it last and alone.
        const bool network = mount != nullptr && mount->network();
        const auto status = network ? Result<FilesystemStatus>(Problem{v1::Gap::REFUSED, std::string(path),
                                                                       "lies on a network filesystem"})
                                    : node_.filesystem(path);
        one.set_have_known(status.has_value());
        if (status) one.set_have_bytes(status->available_bytes);
        *out_.add(path).mutable_disk_need() = one;
        if (!status) out_.gap(status.error(), affects);
    }

    // pg_upgrade copies the data, and the package asks for nine tenths of what is free.
    void postgresql(std::string_view service, std::string_view directory) {
        if (!runs_here(service)) return;
        const auto data = std::string(directory) + "/data";
        if (!node_.status(data)) return;
        std::uint64_t bytes = 0;
        if (const auto problem = add_size(data, 0, bytes)) return out_.gap(*problem, affects);
        need("postgresql_upgrade", data, bytes / 9 * 10,
             fmt::format("a copy of {} bytes of data, in nine tenths of what is free", bytes));
    }

  private:
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
    Clock::time_point walk_until_ = Clock::now() + walk_limit;
};

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    if (!node.status(paths::package_root)) return;
    Look look(node, out);
    look.need("package", paths::package_root, unpacked_bytes,
              "4 GiB: a package unpacked beside the present one");
    for (const std::string_view cache :
         {"/var/cache/apt", "/var/cache/dnf", "/var/cache/yum", "/var/cache/zypp"}) {
        if (!node.status(cache)) continue;
        look.need("package", cache, downloaded_bytes, "2 GiB: a package downloaded");
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
