// Runner: starts probes' processes, takes what they find, and ends those that do not end themselves.
//
// All asynchronous code of the looking is here and in agent/probe_run.h: coroutines on the caller's
// one-threaded loop.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "preflight/v1/inspection.pb.h"
#include "probes/probe.h"

namespace preflight::agent {

constexpr std::chrono::seconds default_proof_limit{7200};

// Those that this process may run on.
std::size_t usable_processors();

struct RunnerOptions {
    std::filesystem::path program;  // started as `program starter`
    std::filesystem::path root = "/";
    std::chrono::milliseconds limit{60'000};  // of the whole inspection
    // Of a probe that proves backups where that is asked for, and so of the whole inspection then.
    std::chrono::milliseconds proof_limit = default_proof_limit;
    // Probes' processes at the same time: at first as many as there are processors (two at the least, since
    // servers are waited for); from when a probe is seen to wait, one more, up to at_once.
    std::size_t at_once = 4;
    std::size_t processors = usable_processors();
    // Of one probe; more is a flood. All probes together stay below what a collector takes as one inspection.
    std::size_t findings_limit = 10'000;
    std::size_t output_limit_bytes = 8UL * 1024 * 1024;
    std::size_t finding_limit_bytes = 512UL * 1024;  // of one finding
    // Processes that an earlier inspection had to leave behind, by probe: not started again while they hang.
    std::shared_ptr<std::map<std::string, int>> abandoned = std::make_shared<std::map<std::string, int>>();
};

using TakeFinding = std::function<void(const v1::Finding&)>;

// Runs the probes, some at the same time, and hands on each finding as it comes. Ends within `limit` (with
// proofs asked for, the longer of both limits) and one second. The runs are in the order of `probes`.
boost::asio::awaitable<std::vector<v1::ProbeRun>> run_probes(RunnerOptions options,
                                                             std::span<const probes::Probe> probes,
                                                             TakeFinding take, probes::Asked asked = {});

}  // namespace preflight::agent
