// Watchdog: shuts a socket down when an answer does not come in time, so that a library that blocks in it
// comes back.
//
// A thread of its own; it touches nothing but the socket. For servers that accept and then say nothing: a
// limit that they keep themselves (statement_timeout) is none then.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace preflight::probes {

class Watchdog {
  public:
    // The socket stays open as long as this lives.
    explicit Watchdog(int socket);
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog();

    void expect_within(std::chrono::milliseconds limit);
    // False when it was too late: the socket is shut down.
    bool answered();

  private:
    void watch();

    int socket_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
    bool bitten_ = false;
    bool ends_ = false;
    std::thread thread_;
};

}  // namespace preflight::probes
