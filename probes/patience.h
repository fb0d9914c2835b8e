// Patience: a probe's time, shared out among the servers that are still to be asked, so that those which let
// one wait cost the others little. What one leaves over is there for those after it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace preflight::probes {

class Patience {
  public:
    using Clock = std::chrono::steady_clock;

    // No server is asked in less time than `least`.
    explicit Patience(Clock::time_point until, Clock::duration least = std::chrono::seconds(1))
        : until_(until), least_(least) {}

    bool left(Clock::time_point now = Clock::now()) const { return now + least_ <= until_; }
    // By when the next of `count` servers must have answered.
    Clock::time_point next(std::size_t count, Clock::time_point now = Clock::now()) const {
        const Clock::duration share =
            (until_ - now) / static_cast<Clock::rep>(std::max<std::size_t>(1, count));
        return now + std::max(share, least_);
    }

  private:
    Clock::time_point until_;
    Clock::duration least_;
};

}  // namespace preflight::probes
