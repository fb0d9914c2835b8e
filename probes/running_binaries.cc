#include "probes/running_binaries.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>

#include "probes/config_text.h"
#include "probes/dpkg_status.h"
#include "probes/gitlab_presence.h"
#include "probes/paths.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t size_limit_bytes = 64UL * 1024;
constexpr std::size_t path_limit = 100;
constexpr std::string_view affects = "whether services run what is installed";
constexpr std::string_view deleted_mark = " (deleted)";

// dpkg writes a package's list of files when it is unpacked; files themselves keep the time of their build,
// and rpm leaves no such mark. The newest list: a package that was removed, and not purged, leaves its own.
std::optional<TimePoint> unpacked_at(const Node& node) {
    std::optional<TimePoint> newest;
    for (const auto name : gitlab_package_names) {
        const auto status = node.status("/var/lib/dpkg/info/" + std::string(name) + ".list");
        if (status && (!newest || status->modified_at > *newest)) newest = status->modified_at;
    }
    return newest;
}

class Look {
  public:
    explicit Look(const Node& node) : node_(node), unpacked_at_(unpacked_at(node)) {
        const auto stat = node.read_file("/proc/stat", 4 * 1024 * 1024);
        if (stat) booted_at_ = boot_seconds(*stat);
    }

    // `processes` is /proc: of many only the link is wanted, and that without its whole way.
    void process(const Directory& processes, const std::string& name) {
        const auto folder = "/proc/" + name;
        const auto own = processes.open_directory(name);
        const auto link = own ? own->read_link("exe") : Result<std::string>(own.error());
        // There are many processes, and most show their program: then their command line is not needed.
        const auto program = program_of(link, link ? std::string() : command_line(folder));
        if (program.hidden) return note_hidden(folder);
        if (!program.path.starts_with(std::string(paths::package_root) + "/")) return;
        v1::RunningBinary one;
        one.set_path(program.path);
        one.set_deleted(program.deleted);
        one.set_process(static_cast<std::uint32_t>(number_in(name).value_or(0)));
        take_times(folder, one);
        // What a process says of itself is no word on its file: only the times can tell.
        if (program.claimed && !(one.has_started_at() && one.has_installed_at())) return note_unseen(one);
        keep(std::move(one));
    }

    void report(Findings& out) {
        for (const auto& [path, one] : found_) *out.add(path).mutable_running_binary() = one;
        if (dropped_) out.gap({v1::Gap::DROPPED, "/proc", "more programs than are told"}, affects);
        if (unseen_ == 0) return;
        auto detail = std::to_string(unseen_) + " processes of GitLab's do not show their program";
        if (unpacked_at_ && booted_at_)
            detail += "; " + std::to_string(unseen_older_) + " of them began before the package was unpacked";
        out.gap({v1::Gap::DENIED, "/proc/*/exe", std::move(detail)}, affects);
    }

  private:
    std::string command_line(const std::string& folder) const {
        const auto line = node_.read_file(folder + "/cmdline", size_limit_bytes);
        return line ? *line : std::string();
    }

    // A program that gave itself another name (puma, nginx): it is GitLab's where its group of processes is.
    // Within the image all are.
    void note_hidden(const std::string& folder) {
        const auto groups = node_.read_file(folder + "/cgroup", size_limit_bytes);
        if (!groups && !node_.status(folder)) return;  // it has ended
        const bool other = groups && groups->find("gitlab-runsvdir") == std::string::npos;
        if (other && !node_.status("/assets/init-container")) return;
        v1::RunningBinary one;
        take_times(folder, one);
        note_unseen(one);
    }

    void note_unseen(const v1::RunningBinary& one) {
        ++unseen_;
        if (one.older_than_installed()) ++unseen_older_;
    }

    void take_times(const std::string& folder, v1::RunningBinary& one) const {
        const auto stat = node_.read_file(folder + "/stat", size_limit_bytes);
        const auto ticks = stat ? start_ticks(*stat) : std::nullopt;
        const auto ticks_per_second = ::sysconf(_SC_CLK_TCK);
        if (ticks && booted_at_ && ticks_per_second > 0) {
            const auto seconds = *ticks / static_cast<std::uint64_t>(ticks_per_second);
            one.mutable_started_at()->set_seconds(*booted_at_ + static_cast<std::int64_t>(seconds));
        }
        if (unpacked_at_) *one.mutable_installed_at() = to_timestamp(*unpacked_at_);
        one.set_older_than_installed(one.has_started_at() && one.has_installed_at() &&
                                     one.started_at().seconds() < one.installed_at().seconds());
    }

    // Of several processes of one program the one that tells most, then the oldest.
    void keep(v1::RunningBinary one) {
        const auto known = found_.find(one.path());
        if (known == found_.end()) {
            dropped_ = dropped_ || found_.size() == path_limit;
            if (found_.size() < path_limit) found_.emplace(one.path(), std::move(one));
            return;
        }
        const bool older = one.started_at().seconds() < known->second.started_at().seconds();
        if ((one.deleted() && !known->second.deleted()) ||
            (one.deleted() == known->second.deleted() && older))
            known->second = std::move(one);
    }

    const Node& node_;
    std::optional<TimePoint> unpacked_at_;
    std::optional<std::int64_t> booted_at_;
    std::map<std::string, v1::RunningBinary> found_;
    bool dropped_ = false;
    std::size_t unseen_ = 0;
    std::size_t unseen_older_ = 0;
};

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    if (!node.status(paths::package_root) || !has_configured_package(node)) return;
    if (!node.live()) return out.gap({v1::Gap::NOT_LIVE, "/proc", "a tree has no processes"}, affects);
    const auto entries = node.list("/proc");
    if (!entries) return out.gap(entries.error(), affects);
    const auto processes = node.open_directory("/proc");
    if (!processes) return out.gap(processes.error(), affects);
    Look look(node);
    for (const auto& entry : *entries) {
        if (number_in(entry.name)) look.process(*processes, entry.name);
    }
    look.report(out);
}

}  // namespace

RunningProgram program_of(const Result<std::string>& link, std::string_view command_line) {
    RunningProgram program;
    if (link) {
        program.path = *link;
        program.deleted = link->ends_with(deleted_mark);
        if (program.deleted) program.path.resize(program.path.size() - deleted_mark.size());
    } else if (link.error().cause == v1::Gap::DENIED) {
        // Some write what they serve behind their path, in one word with it.
        program.path = command_line.substr(0, command_line.find_first_of(std::string_view("\0 ", 2)));
        // Without a command line it is the kernel's own, or has ended.
        program.hidden = !program.path.empty() && !program.path.starts_with('/');
        program.claimed = true;
    }
    if (!is_plain_line(program.path) || program.hidden) program.path.clear();
    return program;
}

std::optional<std::uint64_t> start_ticks(std::string_view stat) {
    const auto end = stat.rfind(')');
    if (end == std::string_view::npos) return std::nullopt;
    const auto fields = words_of(stat.substr(end + 1));
    constexpr std::size_t place = 19;  // field 22 of all, the first behind the bracket being field 3
    return fields.size() > place ? number_in(fields[place]) : std::nullopt;
}

std::optional<std::int64_t> boot_seconds(std::string_view stat) {
    while (const auto line = next_line(stat)) {
        const auto words = words_of(*line);
        if (words.size() != 2 || words[0] != "btime") continue;
        const auto seconds = number_in(words[1]);
        if (seconds && *seconds < 1ULL << 40) return static_cast<std::int64_t>(*seconds);
    }
    return std::nullopt;
}

constexpr Probe running_binaries{
    .name = "running_binaries",
    .looks_at = "whether GitLab's processes run the files that are installed now",
    .needs = ReadProcesses{},
    .limit = 5s,
    .look = look,
};

}  // namespace preflight::probes
