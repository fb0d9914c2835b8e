// Tee: passes connections on from a loopback port of its own to another one, and keeps every byte of both
// directions.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "probes/node/descriptor.h"

namespace preflight {

class Tee {
  public:
    explicit Tee(std::uint16_t to);
    Tee(const Tee&) = delete;
    Tee& operator=(const Tee&) = delete;
    ~Tee();

    std::uint16_t port() const { return port_; }
    // All that has passed so far, in the order in which it came.
    std::string passed() const;

  private:
    struct Pair {
        probes::Descriptor from;
        probes::Descriptor to;
    };

    void run();
    void accept_one();
    // False at the end of either side.
    bool pass(int from, int to);

    std::uint16_t to_;
    std::uint16_t port_ = 0;
    probes::Descriptor listener_;
    probes::Descriptor stop_;  // an eventfd
    std::vector<Pair> pairs_;
    mutable std::mutex mutex_;
    std::string passed_;
    std::thread thread_;
};

}  // namespace preflight
