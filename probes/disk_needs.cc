#include "probes/disk_needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "probes/address.h"
#include "probes/backup_archive.h"
#include "probes/backup_folder.h"
#include "probes/backup_settings.h"
#include "probes/gitlab_presence.h"
#include "probes/mounts.h"
#include "probes/paths.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int depth_limit = 10;
constexpr std::size_t opened_limit = 3;  // newest archives that are asked how large the database is
constexpr std::string_view affects = "whether there is room for the upgrade";

class Look {
  public:
    // Adding up leaves a quarter of the time for what comes after it.
    Look(const Node& node, Clock::time_point until, Findings& out)
        : node_(node), out_(out), until_(until), walk_until_(until - (until - Clock::now()) / 4) {
        auto mounts = read_mounts(node);
        if (mounts) {
            mounts_ = std::move(*mounts);
        } else if (node.live() || mounts.error().cause != v1::Gap::ABSENT) {
            out.gap(mounts.error(), "which filesystem lies under each path");
        }
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
        slots(data);
        std::vector<v1::DiskNeed> copies{
            need_of("postgresql_upgrade", data, bytes / 9 * 10,
                    fmt::format("a copy of {} bytes of data, in nine tenths of what is free", bytes))};
        const auto elsewhere = tablespaces(data, copies);
        for (auto& copy : copies) tell(std::move(copy));
        const auto all = bytes + elsewhere.value_or(0);
        need("index_migrations", data, all, fmt::format("indexes of {} bytes of data", all));
        if (service == "postgresql") data_bytes_ = elsewhere ? all : 0;
    }

    // What the package does by itself before it unpacks, where Puma runs and nothing tells it not to; and it
    // ends there if it cannot.
    void database_backup() {
        if (!is_enabled("puma") || skipped()) return;
        const auto found = read_backup_settings(node_, read_gitlab_yml(node_));
        const auto& directory = found.settings.path();
        if (directory.empty()) {
            for (const auto& problem : found.problems) out_.gap(problem, affects);
            return;
        }
        if (const auto bytes = newest_dump(directory)) {
            need("database_backup", directory, *bytes,
                 fmt::format("{} bytes of packed database in the newest archive", *bytes));
        } else if (data_bytes_ > 0) {
            need("database_backup", directory, data_bytes_ / 10 * 3,
                 fmt::format("no archive to go by: three tenths of {} bytes of data", data_bytes_));
        } else {
            need("database_backup", directory, 0,
                 "no archive to go by, and no data of PostgreSQL added up here");
        }
    }

  private:
    const Mount* mount_of(const std::string& path) const { return mounts_.of(mounts_.resolve(node_, path)); }

    v1::DiskNeed need_of(std::string_view step, const std::string& path, std::uint64_t bytes,
                         std::string term) const {
        v1::DiskNeed one;
        one.set_step(std::string(step));
        one.set_path(path);
        one.set_need_bytes(bytes);
        one.add_terms(std::move(term));
        if (const auto* mount = mount_of(path)) one.set_filesystem(shown(mount->point));
        return one;
    }

    void need(std::string_view step, const std::string& path, std::uint64_t bytes, std::string term) {
        tell(need_of(step, path, bytes, std::move(term)));
    }

    bool skipped() {
        constexpr std::array<std::string_view, 2> markers{"skip-auto-backup", "skip-auto-reconfigure"};
        return std::ranges::any_of(markers, [&](std::string_view marker) {
            const auto status =
                node_.status(std::string(paths::config_directory) + "/" + std::string(marker));
            if (!status && status.error().cause != v1::Gap::ABSENT) out_.gap(status.error(), affects);
            return status.has_value();
        });
    }

    // Of the newest archive that holds the database. Of a network that hangs nothing comes back.
    std::optional<std::uint64_t> newest_dump(const std::string& directory) {
        const auto* mount = mount_of(directory);
        if (mount != nullptr && mount->network()) return std::nullopt;
        const auto folder = list_backups(node_, directory);
        if (!folder) {
            if (folder.error().cause != v1::Gap::ABSENT) out_.gap(folder.error(), affects);
            return std::nullopt;
        }
        for (std::size_t at = 0; at < std::min(folder->archives.size(), opened_limit); ++at) {
            const auto& archive = folder->archives[at];
            const auto file = node_.open_file(archive.path);
            if (!file) {
                out_.gap(file.error(), affects);
                continue;
            }
            const auto read = [&](std::uint64_t offset, std::size_t size) {
                return file->read_at(offset, size);
            };
            // The database stands at its head: what else is in it, and that it is torn, others tell.
            const auto found = read_backup_tar(read, file->size_bytes(), archive.path,
                                               [&] { return Clock::now() < until_; });
            if (found.database_bytes > 0) return found.database_bytes;
        }
        return std::nullopt;
    }

    // A slot keeps what is written from being removed for as long as its reader is behind.
    void slots(const std::string& data) {
        const auto kept = node_.list(data + "/pg_replslot");
        if (!kept || kept->empty()) {
            if (!kept && kept.error().cause != v1::Gap::ABSENT) out_.gap(kept.error(), affects);
            return;
        }
        std::uint64_t bytes = 0;
        const auto log = data + "/pg_wal";
        if (const auto problem = add_size(log, 0, bytes)) return out_.gap(*problem, affects);
        need("slots_wal", log, bytes,
             fmt::format("{} bytes of log now, and {} slots that may keep more", bytes, kept->size()));
    }

    // pg_upgrade copies them too, each beside itself (they have folders by PostgreSQL's version), all in one
    // run: what lies on one filesystem counts together. Their bytes; nothing where not all were seen.
    std::optional<std::uint64_t> tablespaces(const std::string& data, std::vector<v1::DiskNeed>& copies) {
        const auto folder = data + "/pg_tblspc";
        const auto links = node_.list(folder);
        if (!links && links.error().cause == v1::Gap::ABSENT) return 0;
        if (!links) return unseen(links.error());
        if (!links->empty()) out_.flush();  // they lie elsewhere, maybe on a filesystem that hangs
        std::optional<std::uint64_t> all = 0;
        for (const auto& link : *links) {
            if (link.type != FileType::link) continue;  // counted with the rest
            const auto place = node_.read_link(folder + "/" + link.name);
            const auto bytes = place ? tablespace(folder, *place) : unseen(place.error());
            if (bytes) add_copy(copies, *place, *bytes);
            all = bytes && all ? std::optional(*all + *bytes) : std::nullopt;
        }
        return all;
    }

    std::optional<std::uint64_t> unseen(const Problem& problem) {
        out_.gap(problem, affects);
        return std::nullopt;
    }

    // One that was never written to still has its folder of PostgreSQL's version: without one it is not
    // there, as a volume that is not mounted.
    std::optional<std::uint64_t> tablespace(const std::string& folder, const std::string& place) {
        if (!is_path(place)) return unseen(malformed(folder, "a tablespace lies at no path"));
        const auto* mount = mount_of(place);
        if (mount != nullptr && mount->network())
            return unseen({v1::Gap::REFUSED, place, "lies on a network filesystem"});
        const auto entries = node_.list(place);
        if (!entries) return unseen(entries.error());
        const auto of_postgresql = [](const DirectoryEntry& entry) { return entry.name.starts_with("PG_"); };
        if (std::ranges::none_of(*entries, of_postgresql))
            return unseen({v1::Gap::ABSENT, place, "no tablespace of PostgreSQL lies there"});
        std::uint64_t bytes = 0;
        if (const auto problem = add_size(place, 0, bytes)) return unseen(*problem);
        return bytes;
    }

    void add_copy(std::vector<v1::DiskNeed>& copies, const std::string& place, std::uint64_t bytes) const {
        const auto term = fmt::format("a copy of {} bytes of a tablespace", bytes);
        const auto own = need_of("postgresql_upgrade", place, bytes, term);
        const auto known = std::ranges::find(copies, own.filesystem(), &v1::DiskNeed::filesystem);
        if (known == copies.end()) return copies.push_back(own);
        known->set_need_bytes(known->need_bytes() + bytes);
        known->add_terms(term);
    }

    void tell(v1::DiskNeed one) {
        const auto& path = one.path();
        const auto* mount = mount_of(path);
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

    bool is_enabled(std::string_view service) {
        const auto link =
            node_.link_status(std::string(paths::supervised_services) + "/" + std::string(service));
        if (!link && link.error().cause != v1::Gap::ABSENT) out_.gap(link.error(), affects);
        return link.has_value();
    }

    bool runs_here(std::string_view service) {
        return is_enabled(service) || (service == "postgresql" && is_enabled("patroni"));
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
    const Clock::time_point until_;
    const Clock::time_point walk_until_;
    std::uint64_t data_bytes_ = 0;  // of the application's PostgreSQL, where it runs here
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
    out.flush();  // the backup path may lie on a filesystem that hangs
    look.database_backup();
}

}  // namespace

constexpr Probe disk_needs{
    .name = "disk_needs",
    .looks_at = "room that the package, its backup of the database and PostgreSQL take, and what is there",
    .needs = ReadAllFiles{},
    .limit = 20s,
    .look = look,
};

}  // namespace preflight::probes
