#include "probes/node/http.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>

namespace preflight::probes {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Parser = http::response_parser<http::string_body>;

std::string request_for(const Place& place, std::string_view target) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: " + place.text() +
           "\r\nUser-Agent: gitlab-preflight\r\nAccept: application/json\r\nConnection: close\r\n\r\n";
}

Problem problem_of(const error_code& error, const std::string& address) {
    if (error == http::error::body_limit || error == http::error::header_limit ||
        error == http::error::buffer_overflow)
        return {v1::Gap::TOO_LARGE, address, "an answer past the limit"};
    if (error == http::error::partial_message || error == http::error::end_of_stream)
        return {v1::Gap::FAILED, address, "the server closed the connection in its answer"};
    return malformed(address, "what answers speaks something else than HTTP");
}

// Takes off the front of `bytes` what the parser has used. Of a body it may take less than all at once.
error_code parse(Parser& parser, std::string& bytes) {
    error_code error;
    while (!bytes.empty() && !parser.is_done()) {
        const auto used = parser.put(asio::buffer(bytes), error);
        bytes.erase(0, used);
        if (error == http::error::need_more) return {};
        if (error || used == 0) return error;
    }
    return error;
}

Result<HttpAnswer> read_answer(Stream& stream, Stream::Clock::time_point deadline) {
    Parser parser;
    parser.body_limit(http_body_limit_bytes);
    parser.header_limit(http_header_limit_bytes);
    parser.eager(true);
    std::array<char, 16 * 1024> space{};
    std::string bytes;
    error_code error;
    while (!parser.is_done()) {
        const auto size = stream.read(space, deadline);
        if (!size) return size.error();
        if (*size == 0) {
            if (!parser.got_some()) return problem_of(http::error::end_of_stream, stream.address());
            parser.put_eof(error);
            if (error) return problem_of(error, stream.address());
            break;
        }
        bytes.append(space.data(), *size);
        if (error = parse(parser, bytes); error) return problem_of(error, stream.address());
        if (bytes.size() > http_header_limit_bytes)
            return problem_of(http::error::header_limit, stream.address());
    }
    auto answer = parser.release();
    return HttpAnswer{answer.result_int(), std::move(answer.body())};
}

}  // namespace

Result<HttpAnswer> http_get(const Node& node, const Place& place, const TlsSettings* tls,
                            std::string_view target, const DialLimits& limits, v1::Reach& reach) {
    auto stream = dial(node, place, tls, limits, reach);
    if (!stream) {
        return Problem{v1::Gap::FAILED, place.text(), reach.detail()};
    }
    const auto begin = Stream::Clock::now();
    const auto deadline = limits.end_of(limits.answer);
    const auto sent = stream->write(request_for(place, target), deadline);
    auto answer = sent ? read_answer(*stream, deadline) : Result<HttpAnswer>(sent.error());
    if (!answer) {
        fail_by(reach, stream->failed_in_tls() ? v1::Reach::TLS : v1::Reach::PROTOCOL, answer.error(),
                limits.until);
        return answer;
    }
    set_round_trip(reach, Stream::Clock::now() - begin);
    reach.set_reached(true);
    return answer;
}

}  // namespace preflight::probes
