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
#include <chrono>
#include <filesystem>
#include <span>
#include <string_view>

#include "model/result.h"
#include "probes/node/descriptor.h"
#include "probes/probe.h"

namespace preflight::agent {

class ProbeStarter {
  public:
    // Of `program starter`, which is started when the first probe is asked for.
    ProbeStarter(boost::asio::any_io_executor executor, std::filesystem::path program);
    ProbeStarter(const ProbeStarter&) = delete;
    ProbeStarter& operator=(const ProbeStarter&) = delete;
    // Ends the starter; probes go on.
    ~ProbeStarter();

    // Forks the process of a probe, which reads its request from `input` and writes findings to `output`, in
    // a process group of its own. Waits for it as for any fork, but not longer than `patience`, five
    // seconds at the most (TIMED_OUT). After a failure the next probe gets another starter.
    Result<pid_t> fork(std::string_view probe, int input, int output, std::chrono::milliseconds patience);

  private:
    Result<void> start();
    Result<pid_t> ask(std::string_view probe, int input, int output,
                      std::chrono::milliseconds patience) const;
    void end();

    boost::asio::any_io_executor executor_;
    std::filesystem::path program_;
    probes::Descriptor socket_;
    pid_t process_ = -1;
};

// The starter's own work, on the socket that is its descriptor 3, until nobody asks any more. Its exit
// status. Each forked process runs its probe of the catalog and ends within this call. `title` is where the
// starter's arguments lie: there a process says which probe it is, for whoever lists processes.
int run_probe_starter(std::span<const probes::Probe> catalog, std::span<char> title);
// The place of the arguments behind the program's name: "starter", and room for a probe's name.
std::span<char> title_of(int count, char** arguments);

// Ends a probe's process. All has been written: the kernel takes it away faster than the libraries tidy it
// up.
[[noreturn]] void leave_probe(int status);

}  // namespace preflight::agent
