#include "tests/agent/own_mounts.h"

#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <system_error>

namespace preflight {

void check_call(bool done, const char* what) {
    if (!done) throw std::system_error(errno, std::generic_category(), what);
}

void keep_mounts_to_ourselves() {
    thread_local bool done = false;
    if (done) return;
    check_call(::unshare(CLONE_NEWNS) == 0, "a mount namespace (run the tests as root)");
    check_call(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private mounts");
    done = true;
}

}  // namespace preflight
