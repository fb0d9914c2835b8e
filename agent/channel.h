// Channel: length-delimited messages over one end of a socket pair, between the uplink and the inspector.
#pragma once

#include <google/protobuf/message_lite.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <deque>
#include <optional>
#include <string>

#include "model/frame.h"

namespace preflight::agent {

class Channel {
  public:
    // Takes over the descriptor.
    Channel(boost::asio::any_io_executor executor, int descriptor);

    // The next frame's payload; nothing at the end of the stream, and for nonsense.
    boost::asio::awaitable<std::optional<std::string>> receive();
    // Queues the message and sends it in its turn.
    void send(const google::protobuf::MessageLite& message);
    void close();

  private:
    void write_next();

    boost::asio::local::stream_protocol::socket socket_;
    FrameReader frames_;
    std::deque<std::string> queue_;
};

}  // namespace preflight::agent
