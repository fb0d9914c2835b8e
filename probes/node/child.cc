#include "probes/node/child.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <cerrno>
#include <csignal>

namespace preflight::probes {
namespace {

constexpr uid_t nobody_user = 65534;  // the kernel's overflow id, nobody on every Linux that GitLab runs on
constexpr int first_inherited = 3;

// Every descriptor of ours closes at exec. Kernels before 5.11 and some sandboxes lack the call: then one by
// one.
void close_at_exec_from(int first) {
    constexpr unsigned close_range_cloexec = 1U << 2U;
    if (::syscall(SYS_close_range, first, ~0U, close_range_cloexec) == 0) return;
    rlimit descriptors{};
    ::getrlimit(RLIMIT_NOFILE, &descriptors);
    constexpr rlim_t most = 65536;
    const auto end = static_cast<int>(descriptors.rlim_cur < most ? descriptors.rlim_cur : most);
    for (int number = first; number < end; ++number) ::fcntl(number, F_SETFD, FD_CLOEXEC);
}

bool become_nobody() {
    return ::setgroups(0, nullptr) == 0 && ::setresgid(nobody_user, nobody_user, nobody_user) == 0 &&
           ::setresuid(nobody_user, nobody_user, nobody_user) == 0;
}

boost::system::error_code failed() { return {errno, boost::system::system_category()}; }

}  // namespace

boost::system::error_code ChildGuard::prepare() const {
    ::setpgid(0, 0);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    if (as_nobody && ::geteuid() == 0 && !become_nobody()) return failed();
    // After the change of user, which clears it.
    if (dies_with_us) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    close_at_exec_from(first_inherited);
    if (handed_over >= 0) {
        if (handed_over == first_inherited) {
            ::fcntl(first_inherited, F_SETFD, 0);
        } else if (::dup2(handed_over, first_inherited) < 0) {
            return failed();
        }
    }
    return {};
}

}  // namespace preflight::probes
