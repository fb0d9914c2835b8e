#include "agent/syscall_filter.h"

#include <fcntl.h>
#include <seccomp.h>

#include <array>
#include <cerrno>
#include <memory>

#if defined(__SANITIZE_ADDRESS__)
namespace {
bool filtered = false;
}
// The leak sanitizer stops its process by ptrace, and would call the refusal a failure of the probe.
extern "C" int __lsan_is_turned_off() { return filtered ? 1 : 0; }
#endif

namespace preflight::agent {
namespace {

using Filter = std::unique_ptr<void, void (*)(scmp_filter_ctx)>;

// Calls that reach into another process or hand over what it has, tell of its memory or move it; io_uring
// opens files past every filter; programs that it could run know nothing of what it may not do.
constexpr std::array<int, 14> refused_calls{SCMP_SYS(ptrace),
                                            SCMP_SYS(process_vm_writev),
                                            SCMP_SYS(process_vm_readv),
                                            SCMP_SYS(process_madvise),
                                            SCMP_SYS(process_mrelease),
                                            SCMP_SYS(pidfd_getfd),
                                            SCMP_SYS(kcmp),
                                            SCMP_SYS(perf_event_open),
                                            SCMP_SYS(move_pages),
                                            SCMP_SYS(migrate_pages),
                                            SCMP_SYS(io_uring_setup),
                                            SCMP_SYS(creat),
                                            SCMP_SYS(execve),
                                            SCMP_SYS(execveat)};

struct OpeningCall {
    int number;
    unsigned flags_place;  // of its arguments, from 0
};
constexpr std::array<OpeningCall, 3> opening_calls{
    {{SCMP_SYS(open), 1}, {SCMP_SYS(openat), 2}, {SCMP_SYS(open_by_handle_at), 2}}};

// A flag of open(2), and the bits that tell it: O_RDONLY is 0, so that writing is a value of two bits. The
// value of both is a device's driver's alone.
struct WritingFlag {
    unsigned bits;
    unsigned value;
};
constexpr std::array<WritingFlag, 5> writing_flags{{{O_ACCMODE, O_WRONLY},
                                                    {O_ACCMODE, O_RDWR},
                                                    {O_ACCMODE, O_ACCMODE},
                                                    {O_CREAT, O_CREAT},
                                                    {O_TRUNC, O_TRUNC}}};

int refuse(const Filter& filter, int call, int error) {
    return ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(error), call, 0, nullptr);
}

int refuse_writing(const Filter& filter, const OpeningCall& call) {
    for (const auto& flag : writing_flags) {
        const scmp_arg_cmp writes{call.flags_place, SCMP_CMP_MASKED_EQ, flag.bits, flag.value};
        const int error =
            ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(EPERM), call.number, 1, &writes);
        if (error != 0) return error;
    }
    return 0;
}

// 0, or an errno with its sign turned, as libseccomp has it.
int add_rules(const Filter& filter) {
    for (const int call : refused_calls) {
        if (const int error = refuse(filter, call, EPERM); error != 0) return error;
    }
    for (const auto& call : opening_calls) {
        if (const int error = refuse_writing(filter, call); error != 0) return error;
    }
    return refuse(filter, SCMP_SYS(openat2), ENOSYS);
}

}  // namespace

Result<void> refuse_to_touch_processes() {
    // Calls of another architecture than the program's own end the process.
    const Filter filter(::seccomp_init(SCMP_ACT_ALLOW), &::seccomp_release);
    if (!filter) return problem_from_errno(ENOMEM, "seccomp");
    int error = add_rules(filter);
    if (error == 0) error = ::seccomp_load(filter.get());
    if (error != 0) return problem_from_errno(-error, "seccomp");
#if defined(__SANITIZE_ADDRESS__)
    filtered = true;
#endif
    return {};
}

}  // namespace preflight::agent
