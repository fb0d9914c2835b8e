#include "agent/channel.h"

#include <boost/asio.hpp>

namespace preflight::agent {

namespace asio = boost::asio;

Channel::Channel(asio::any_io_executor executor, int descriptor)
    : socket_(executor, asio::local::stream_protocol(), descriptor) {}

asio::awaitable<std::optional<std::string>> Channel::receive() {
    std::string bytes(64 * 1024, '\0');
    for (;;) {
        auto payload = frames_.next();
        if (!payload) co_return std::nullopt;
        if (payload->has_value()) co_return std::move(*payload);
        const auto [error, length] =
            co_await socket_.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
        if (error) co_return std::nullopt;
        frames_.feed(std::string_view(bytes).substr(0, length));
    }
}

void Channel::send(const google::protobuf::MessageLite& message) {
    queue_.push_back(frame(message));
    if (queue_.size() == 1) write_next();
}

void Channel::write_next() {
    asio::async_write(socket_, asio::buffer(queue_.front()),
                      [this](boost::system::error_code error, std::size_t) {
                          if (error == asio::error::operation_aborted) return;  // closed; we may be gone
                          queue_.pop_front();
                          if (!error && !queue_.empty()) write_next();
                      });
}

void Channel::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace preflight::agent
