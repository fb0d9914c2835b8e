// IntakeStream: one stream to a collector's Intake service, as events on the loop.
//
// gRPC calls back on threads of its own; those callbacks only post to the loop's executor. The handlers run
// on the loop, none after close() has returned. One send at a time. Used on the loop's thread alone.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "preflight/v1/collector.pb.h"

namespace preflight::agent {

// How a stream ended, as far as it matters to what comes next.
struct StreamEnd {
    enum class Kind {
        broken,   // away, restarted, cut: try again later
        refused,  // the collector cannot take what was sent, and will not another time
        expired,  // its time was over
    };
    Kind kind = Kind::broken;
    std::string why;  // gRPC's status as text
};

struct StreamEvents {
    std::function<void(v1::ToAgent)> received;
    std::function<void()> sent;
    std::function<void(const StreamEnd&)> ended;  // last event
};

class IntakeStream {
  public:
    // Dials `collector` ("127.0.0.1:8473") and opens the stream. The whole stream ends at `deadline` from
    // now.
    IntakeStream(boost::asio::any_io_executor executor, const std::string& collector,
                 std::chrono::seconds deadline, StreamEvents events);
    IntakeStream(const IntakeStream&) = delete;
    IntakeStream& operator=(const IntakeStream&) = delete;
    ~IntakeStream();

    // Sends one message; `sent` tells when the next may follow.
    void send(v1::FromAgent message);
    // Cancels the stream; no event comes any more.
    void close();

  private:
    class Reactor;
    std::shared_ptr<Reactor> reactor_;
};

}  // namespace preflight::agent
