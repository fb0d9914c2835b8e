// Wire: the sockets of one connection, and the loop that runs what is under way on them until a deadline.
//
// For stream.cc and dial.cc alone.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <chrono>
#include <optional>

namespace preflight::probes {

struct Wire {
    using Socket = boost::asio::generic::stream_protocol::socket;

    boost::asio::io_context loop{1};
    Socket socket{loop};
    std::optional<boost::asio::ssl::context> tls_settings;
    std::optional<boost::asio::ssl::stream<Socket&>> tls;

    // False when the deadline came first: then what was under way is ended, and the socket closed.
    bool run_until(std::chrono::steady_clock::time_point deadline) {
        loop.restart();
        loop.run_until(deadline);
        if (loop.stopped()) return true;
        boost::system::error_code ignored;
        socket.close(ignored);
        loop.run();
        return false;
    }
};

}  // namespace preflight::probes
