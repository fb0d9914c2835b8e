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

// What is inspected now, and for what.
struct Order {
    std::string id;
    probes::Asked asked;
    std::vector<v1::Finding> first;  // the agent's own (what a cap dropped earlier), told before the probes'
};

// A new random id.
std::string new_inspection_id();

// Runs the probes and hands on records numbered from 1: started, findings, of these the last the receipt,
// finished.
boost::asio::awaitable<void> inspect(Order order, v1::Node node, RunnerOptions options,
                                     std::span<const probes::Probe> probes, TakeRecord take);

// The one message that a file or a program reads.
v1::Inspection assemble(const std::vector<v1::Record>& records);

}  // namespace preflight::agent
