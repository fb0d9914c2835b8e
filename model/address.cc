#include "model/address.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace preflight {
namespace {

bool stands_in_no_host(char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '/' || c == '[' || c == ']';
}

}  // namespace

std::string Address::text() const {
    return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                               : fmt::format("[{}]:{}", host, port);
}

bool Address::loopback() const {
    if (host == "localhost") return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    return !error && address.is_loopback();
}

std::optional<Address> parse_address(std::string_view text, std::uint16_t default_port) {
    Address address{.host = {}, .port = default_port};
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        address.host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
    } else {
        const auto colon = text.find(':');
        address.host = text.substr(0, colon);
        rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
    }
    if (address.host.empty() || std::ranges::any_of(address.host, stands_in_no_host)) return std::nullopt;
    if (rest.empty()) return address;
    const auto* end = rest.data() + rest.size();
    const auto parsed = std::from_chars(rest.data() + 1, end, address.port);
    if (rest[0] != ':' || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    return address;
}

}  // namespace preflight
