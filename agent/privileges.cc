#include "agent/privileges.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/syscall_filter.h"

namespace preflight::agent {
namespace {

constexpr std::uint32_t read_all = 1U << CAP_DAC_READ_SEARCH;
constexpr std::uint32_t read_processes = 1U << CAP_SYS_PTRACE;
constexpr uid_t nobody = 65534;  // the kernel's overflow id, nobody on every Linux that GitLab runs on

Problem failed() { return problem_from_errno(errno, "privileges"); }

// Permitted and effective become exactly these; a mask of capability numbers below 32.
bool keep_capabilities(std::uint32_t mask) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    data[0].permitted = mask;
    data[0].effective = mask;
    return ::syscall(SYS_capset, &header, data.data()) == 0;
}

// Of the capabilities below 32.
std::uint32_t permitted_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    return ::syscall(SYS_capget, &header, data.data()) == 0 ? data[0].permitted : 0;
}

Result<void> change_user(uid_t user, gid_t group, std::uint32_t capabilities) {
    if (::prctl(PR_SET_KEEPCAPS, capabilities != 0 ? 1 : 0) != 0) return failed();
    if (::setgroups(0, nullptr) != 0 || ::setresgid(group, group, group) != 0 ||
        ::setresuid(user, user, user) != 0 || !keep_capabilities(capabilities)) {
        return failed();
    }
    // A later exec (a command of the node) must not bring anything back.
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return {};
}

Result<void> become_reader_of_processes() {
    const auto has = permitted_capabilities() & read_processes;
    if (auto changed = change_user(nobody, nobody, read_all | has); !changed || has == 0) return changed;
    if (refuse_to_touch_processes()) return {};
    // Not the right without the filter: less is seen then, and said to be.
    if (!keep_capabilities(read_all)) return failed();
    return {};
}

using Sockets = std::vector<std::string> (*)(const probes::Node&);

// One a line: the paths that are found with the right to read alone.
[[noreturn]] void tell_sockets(Sockets find, const probes::Node& node, int to) {
    ::close(STDOUT_FILENO);  // the agent must see the probe's end though this one hangs
    if (change_user(nobody, nobody, read_all)) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        std::string lines;
        for (const auto& path : find(node)) lines += path + "\n";
        [[maybe_unused]] const auto written = ::write(to, lines.data(), lines.size());
    }
    ::_exit(0);
}

struct Told {
    std::string text;
    bool ended = false;  // whoever told it is done
};

// All of it, or what came within the limits.
Told read_told(int from) {
    constexpr std::size_t length_limit = 16UL * 1024;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    std::array<char, 4096> bytes{};
    Told told;
    while (told.text.size() < length_limit) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd entry{from, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&entry, 1, static_cast<int>(left.count())) <= 0) return told;
        const auto length = ::read(from, bytes.data(), bytes.size());
        told.ended = length <= 0;
        if (told.ended) return told;
        told.text.append(bytes.data(), static_cast<std::size_t>(length));
    }
    return told;
}

// Of the first of them that is there and that root does not own. What names them was written by others: a
// process without root's rights reads it, and only a socket (or what else is neither file nor folder) gives
// its owner's rights.
std::optional<probes::FileStatus> owner_of_socket(Sockets find, const probes::Node& node) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    const auto child = ::fork();  // one thread
    if (child == 0) tell_sockets(find, node, ends[1]);
    ::close(ends[1]);
    const auto told = child > 0 ? read_told(ends[0]) : Told();
    ::close(ends[0]);
    if (child > 0) {
        ::kill(child, SIGKILL);
        // One that hangs in a filesystem cannot be waited for.
        ::waitpid(child, nullptr, told.ended ? 0 : WNOHANG);
    }
    std::string_view lines(told.text);
    for (auto end = lines.find('\n'); end != std::string_view::npos; end = lines.find('\n')) {
        const auto status = node.status(lines.substr(0, end));
        if (status && status->type == probes::FileType::other && status->user_id != 0) return *status;
        lines.remove_prefix(end + 1);
    }
    return std::nullopt;
}

Result<void> become_owner(const probes::AsOwnerOf& owned, const probes::Node& node) {
    const auto of_socket = owned.sockets != nullptr ? owner_of_socket(owned.sockets, node) : std::nullopt;
    if (of_socket) return change_user(of_socket->user_id, of_socket->group_id, read_all);
    const auto status = node.status(owned.path);
    if (status && status->user_id != 0) return change_user(status->user_id, status->group_id, read_all);
    return change_user(nobody, nobody, read_all);
}

}  // namespace

Result<void> drop_to(const probes::Privilege& needs, const probes::Node& node) {
    if (::geteuid() != 0) return {};
    if (std::holds_alternative<probes::NoPrivilege>(needs)) return change_user(nobody, nobody, 0);
    if (std::holds_alternative<probes::ReadProcesses>(needs)) return become_reader_of_processes();
    if (const auto* owned = std::get_if<probes::AsOwnerOf>(&needs)) return become_owner(*owned, node);
    return change_user(nobody, nobody, read_all);
}

Result<void> become(const std::string& account) {
    if (account.empty() || ::geteuid() != 0) return {};
    const auto* entry = ::getpwnam(account.c_str());  // one thread, at start
    if (entry == nullptr) return Problem{v1::Gap::ABSENT, account, "there is no such account"};
    return change_user(entry->pw_uid, entry->pw_gid, 0);
}

}  // namespace preflight::agent
