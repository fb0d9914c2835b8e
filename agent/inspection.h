// Inspection: one run of the probes on one node, as numbered records; and the whole message put together of
// them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "agent/runner.h"
#include "preflight/v1/inspection.pb.h"

namespace preflight::agent {

using TakeRecord = std::function<void(const v1::Record&)>;

// A new random id.
std::string new_inspection_id();

// Runs the probes and hands on records numbered from 1: started, findings, finished. `first` are findings of
// the agent itself (what a cap dropped earlier), told before those of the probes.
boost::asio::awaitable<void> inspect(std::string id, v1::Node node, RunnerOptions options,
                                     std::span<const probes::Probe> probes, std::vector<v1::Finding> first,
                                     TakeRecord take);

// The one message that a file or a program reads.
v1::Inspection assemble(const std::vector<v1::Record>& records);

}  // namespace preflight::agent
