// ProbeChild: one probe's process as its parent sees it: started, written to, read from, ended, collected.
//
// Passive but for what its functions say; agent/runner.h drives it. Lives on one loop.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/probe_starter.h"
#include "model/result.h"

namespace preflight::agent {

class ProbeChild {
  public:
    // How a process ended, and what it took.
    struct End {
        int wait_status = 0;
        std::chrono::microseconds cpu{};  // user and system, with what it started and waited for
        std::uint64_t peak_memory_bytes = 0;
    };

    // The process of the probe, with `request` on its standard input. Not there within `patience`: TIMED_OUT.
    static Result<ProbeChild> start(const boost::asio::any_io_executor& executor, ProbeStarter& starter,
                                    std::string_view name, const std::string& request,
                                    std::chrono::milliseconds patience);
    ProbeChild(ProbeChild&& other) noexcept;
    ProbeChild& operator=(ProbeChild&&) = delete;
    // Ends the process if it still runs; does not wait for it.
    ~ProbeChild();

    // The next bytes of its standard output, good until the next call; empty at the end or after
    // stop_reading().
    boost::asio::awaitable<std::string_view> read();
    void stop_reading() { output_.cancel(); }
    // SIGKILL to it and to all that it started.
    void kill() const;
    // Gives it up: it will neither be killed nor collected by us. Its process id.
    int abandon();
    // Waits for its end, not longer than `patience`; nothing when it has not ended by then.
    boost::asio::awaitable<std::optional<End>> collect(std::chrono::milliseconds patience);

  private:
    explicit ProbeChild(const boost::asio::any_io_executor& executor);
    std::optional<End> collect_now();

    using Bytes = std::array<char, 16UL * 1024>;

    boost::asio::readable_pipe output_;
    std::unique_ptr<Bytes> bytes_;  // what read() gives; findings are small, so that the start is what counts
    std::unique_ptr<boost::asio::signal_set> ended_;  // made before the process, so that no end is missed
    int process_ = -1;
};

}  // namespace preflight::agent
