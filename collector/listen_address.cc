#include "collector/listen_address.h"

#include <fmt/core.h>

#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cstdint>
#include <optional>

#include "model/default_port.h"

namespace preflight::collector {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return port;
}

}  // namespace

Result<std::string> loopback_address(std::string_view text) {
    const auto no_address = malformed(
        std::string(text),
        fmt::format("is not an address and port; write it as 127.0.0.1:{}", default_collector_port));
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return no_address;
    const auto port = parse_port(text.substr(colon + 1));
    auto host = text.substr(0, colon);
    if (!port || host.empty()) return no_address;
    if (host == "localhost") host = "127.0.0.1";
    const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (brackets) host = host.substr(1, host.size() - 2);
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(host), error);
    if (error || brackets != address.is_v6()) return no_address;
    if (!address.is_loopback()) {
        return Problem{v1::Gap::REFUSED, std::string(text),
                       "is not a loopback address: others need certificates, and this release has none; "
                       "use 127.0.0.1 or [::1]"};
    }
    return fmt::format(fmt::runtime(brackets ? "[{}]:{}" : "{}:{}"), address.to_string(), *port);
}

}  // namespace preflight::collector
