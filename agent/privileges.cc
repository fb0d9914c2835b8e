#include "agent/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <variant>

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

}  // namespace

Result<void> drop_to(const probes::Privilege& needs, const probes::Node& node) {
    if (::geteuid() != 0) return {};
    if (std::holds_alternative<probes::NoPrivilege>(needs)) return change_user(nobody, nobody, 0);
    if (std::holds_alternative<probes::ReadProcesses>(needs)) return become_reader_of_processes();
    if (const auto* owned = std::get_if<probes::AsOwnerOf>(&needs)) {
        const auto status = node.status(owned->path);
        if (status && status->user_id != 0) return change_user(status->user_id, status->group_id, read_all);
    }
    return change_user(nobody, nobody, read_all);
}

Result<void> become(const std::string& account) {
    if (account.empty() || ::geteuid() != 0) return {};
    const auto* entry = ::getpwnam(account.c_str());  // one thread, at start
    if (entry == nullptr) return Problem{v1::Gap::ABSENT, account, "there is no such account"};
    return change_user(entry->pw_uid, entry->pw_gid, 0);
}

}  // namespace preflight::agent
