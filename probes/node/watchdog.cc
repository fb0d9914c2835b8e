#include "probes/node/watchdog.h"

#include <sys/socket.h>

namespace preflight::probes {

Watchdog::Watchdog(int socket) : socket_(socket), thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Watchdog::expect_within(std::chrono::milliseconds limit) {
    {
        const std::lock_guard lock(mutex_);
        deadline_ = std::chrono::steady_clock::now() + limit;
    }
    changed_.notify_one();
}

bool Watchdog::answered() {
    const std::lock_guard lock(mutex_);
    deadline_ = std::chrono::steady_clock::time_point::max();
    return !bitten_;
}

void Watchdog::watch() {
    std::unique_lock lock(mutex_);
    while (!ends_) {
        if (deadline_ == std::chrono::steady_clock::time_point::max()) {
            changed_.wait(lock);
        } else if (std::chrono::steady_clock::now() < deadline_) {
            changed_.wait_until(lock, deadline_);
        } else {
            bitten_ = true;
            deadline_ = std::chrono::steady_clock::time_point::max();
            ::shutdown(socket_, SHUT_RDWR);
        }
    }
}

}  // namespace preflight::probes
