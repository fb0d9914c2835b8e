// ProbeStarter: one process of the agent's, started once for an inspection, that forks the process of each
// probe.
//
// A start of the program costs a node more than most probes do (its relocation, its libraries' own start): so
// it is paid once. The starter is told nothing but names and looks at nothing, so that each probe begins as
// empty as in a program started for it alone. What it forks are children of who asked (CLONE_PARENT): the
// runner alone kills and collects them.
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <span>
#include <string_view>

#include "model/result.h"
#include "probes/node/descriptor.h"
#include "probes/probe.h"

namespace preflight::agent {

class ProbeStarter {
  public:
    // Starts `program starter`.
    static Result<ProbeStarter> start(const boost::asio::any_io_executor& executor,
                                      const std::filesystem::path& program);
    ProbeStarter(ProbeStarter&& other) noexcept;
    ProbeStarter& operator=(ProbeStarter&&) = delete;
    // Ends the starter; probes go on.
    ~ProbeStarter();

    // Forks the process of a probe, which reads its request from `input` and writes findings to `output`; in
    // a process group of its own. Waits for it, as for any fork, but not longer than a few seconds; after a
    // failure this starter is of no more use.
    Result<pid_t> fork(std::string_view probe, int input, int output) const;

  private:
    ProbeStarter(probes::Descriptor socket, pid_t process);

    probes::Descriptor socket_;
    pid_t process_ = -1;
};

// The starter's own work, on the socket that is its descriptor 3, until nobody asks any more. Its exit
// status. Each forked process runs its probe of the catalog and ends within this call.
int run_probe_starter(std::span<const probes::Probe> catalog);

// Ends a probe's process. All has been written: the kernel takes it away faster than the libraries tidy it
// up.
[[noreturn]] void leave_probe(int status);

}  // namespace preflight::agent
