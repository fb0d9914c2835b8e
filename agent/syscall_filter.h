// SyscallFilter: what the kernel refuses, for good, to a process that may look into other processes.
#pragma once

#include "model/result.h"

namespace preflight::agent {

// The right to read what the kernel shows of another user's process (CAP_SYS_PTRACE) is the right to write
// into it as well. From here on this process and its children get EPERM for every call that could: ptrace,
// process_vm_writev and their relatives, and each opening of a file for writing, which covers /proc/PID/mem
// and the switches beside it; and for running a program. What is open already stays as it is. openat2, whose
// flags no filter can see, answers ENOSYS as on an old kernel. A process of one thread, which does not run as
// root.
Result<void> refuse_to_touch_processes();

}  // namespace preflight::agent
