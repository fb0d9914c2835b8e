// Tally: what a probe asks of servers, counted by the doors as it happens, for the receipt of the inspection.
//
// Held by the Node, which every door to a server is given. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace preflight::probes {

struct Tally {
    std::uint32_t connections = 0;  // that a server accepted, whatever came of them
    std::uint32_t statements = 0;   // asked of databases, Redis among them
    std::chrono::steady_clock::duration statement_time{};

    void asked(std::chrono::steady_clock::duration took) {
        ++statements;
        statement_time += took;
    }
};

}  // namespace preflight::probes
