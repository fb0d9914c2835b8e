// Commands: what `inspect` and `run` do. Each returns the exit status.
#pragma once

#include "agent/command_line.h"

namespace preflight::agent {

// 0 printed; 66 the root cannot be opened.
int inspect_once(const InspectCommand& command);
// Starts the inspector, gives up rights, runs the service. 0, 70, 75 as Service says; 73 the spool cannot be
// used; 77 the account cannot be taken.
int run_service(const RunCommand& command);
// The service's privileged half: started by run_service with ROOT and both limits on its command line.
int run_inspector_process(int count, const char* const* arguments);

}  // namespace preflight::agent
