// Stream: a connection to a server, plain or over TLS, on which every wait ends at a deadline.
//
// The deadline is the whole request's, not a byte's: a server that drips is as late as one that is silent.
// After a failure the connection is of no more use. Opened by dial.h; used by one thread.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "model/result.h"

namespace preflight::probes {

struct Wire;  // probes/node/wire.h: sockets, and what is under way on them

class Stream {
  public:
    using Clock = std::chrono::steady_clock;

    Stream(std::unique_ptr<Wire> wire, std::string address);
    Stream(Stream&&) noexcept;
    Stream& operator=(Stream&&) noexcept;
    ~Stream();

    const std::string& address() const { return address_; }
    Result<void> write(std::string_view bytes, Clock::time_point deadline);
    // At least one byte; none at the end of what the server sends.
    Result<std::size_t> read(std::span<char> into, Clock::time_point deadline);
    // Whether the last failure was TLS's: a server may refuse a client's certificate after the handshake.
    bool failed_in_tls() const { return failed_in_tls_; }

  private:
    Problem problem_of(const boost::system::error_code& error);
    // The connection ended right after the handshake.
    bool unwelcome() const;

    std::unique_ptr<Wire> wire_;
    std::string address_;
    bool answered_ = false;
    bool failed_in_tls_ = false;
};

}  // namespace preflight::probes
