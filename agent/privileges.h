// Privileges: how a process of the agent gives up rights, for good.
#pragma once

#include <string>

#include "model/result.h"
#include "probes/probe.h"

namespace preflight::agent {

// Keeps of root's rights what the probe needs and no more: nobody's user and group (with AsOwnerOf those of
// the owner of its socket or path on this node), and but for NoPrivilege the one capability to read
// (CAP_DAC_READ_SEARCH). ReadProcesses keeps CAP_SYS_PTRACE beside it, and loses every way to touch what it
// may look into (agent/syscall_filter.h); where that capability or the filter is not to be had (a container),
// it is as ReadAllFiles. Does nothing for a process that has no rights to give up.
Result<void> drop_to(const probes::Privilege& needs, const probes::Node& node);

// Becomes the named account, without any capability. "" stays who it is. ABSENT when there is no such
// account.
Result<void> become(const std::string& account);

}  // namespace preflight::agent
