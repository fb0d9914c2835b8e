#include "probes/node/stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

#include "probes/node/wire.h"

namespace preflight::probes {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Runs what `start` begins; `start` is given a handler of (error_code, size_t).
template <typename Start>
std::pair<error_code, std::size_t> run(Wire& wire, Stream::Clock::time_point deadline, Start start) {
    error_code error;
    std::size_t size = 0;
    start([&](error_code given, std::size_t count) {
        error = given;
        size = count;
    });
    if (!wire.run_until(deadline)) error = asio::error::timed_out;
    return {error, size};
}

}  // namespace

Stream::Stream(std::unique_ptr<Wire> wire, std::string address)
    : wire_(std::move(wire)), address_(std::move(address)) {}
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;
Stream::~Stream() = default;

// With TLS 1.3 a server refuses a client's certificate, or the lack of one, when the client takes the
// handshake for done; what it says of that may be lost where it closes with unread bytes.
bool Stream::unwelcome() const { return wire_->tls && !answered_; }

Problem Stream::problem_of(const error_code& error) {
    failed_in_tls_ = error.category() == asio::error::get_ssl_category();
    if (error == asio::error::timed_out)
        return {v1::Gap::TIMED_OUT, address_, "no whole answer within the limit"};
    if (failed_in_tls_) return {v1::Gap::REFUSED, address_, "ended by TLS: " + error.message()};
    failed_in_tls_ = unwelcome();
    if (failed_in_tls_) {
        return {v1::Gap::REFUSED, address_,
                "the server ended the connection after the handshake; it may want a client's certificate"};
    }
    return {v1::Gap::FAILED, address_, "the connection broke: " + error.message()};
}

Result<void> Stream::write(std::string_view bytes, Clock::time_point deadline) {
    const auto data = asio::buffer(bytes.data(), bytes.size());
    const auto [error, size] = run(*wire_, deadline, [&](auto done) {
        if (wire_->tls) {
            asio::async_write(*wire_->tls, data, done);
        } else {
            asio::async_write(wire_->socket, data, done);
        }
    });
    if (error) return problem_of(error);
    return {};
}

Result<std::size_t> Stream::read(std::span<char> into, Clock::time_point deadline) {
    const auto space = asio::buffer(into.data(), into.size());
    const auto [error, size] = run(*wire_, deadline, [&](auto done) {
        if (wire_->tls) {
            wire_->tls->async_read_some(space, done);
        } else {
            wire_->socket.async_read_some(space, done);
        }
    });
    // Many servers end TLS by closing alone: that is an end as well, where what came is whole by itself.
    const bool end = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
    if (end && !unwelcome()) return 0UL;
    if (error) return problem_of(end ? error_code(asio::error::eof) : error);
    answered_ = true;
    return size;
}

}  // namespace preflight::probes
