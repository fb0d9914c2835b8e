// ProbeRun: one probe's run, from the start of its process to its outcome.
//
// Its process can hang, crash, flood or be killed; what it found until then is kept, and a gap says what
// happened. A child in uninterruptible sleep (a dead NFS mount) is killed, reported and left behind: nobody
// waits for it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "agent/probe_starter.h"
#include "agent/runner.h"

namespace preflight::agent {

// Hands on each finding as it comes. Ends within the probe's limit (where backups are to be proved and it
// does so, that of the proof), the inspection's, and one second.
boost::asio::awaitable<v1::ProbeRun> run_probe(const probes::Probe& probe, const RunnerOptions& options,
                                               const probes::Asked& asked, const TakeFinding& take,
                                               std::chrono::steady_clock::time_point inspection_started,
                                               ProbeStarter& starter);

}  // namespace preflight::agent
