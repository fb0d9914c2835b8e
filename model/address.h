// Address: a host and port as people write it: "127.0.0.1:8473", "[::1]:8473", "localhost".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace preflight {

struct Address {
    std::string host;  // without brackets
    std::uint16_t port = 0;

    std::string text() const;  // "[::1]:8473"
    // Reaches this machine only: 127.0.0.0/8, ::1 or "localhost". Nothing is looked up.
    bool loopback() const;

    friend bool operator==(const Address&, const Address&) = default;
};

// Nothing when it is not of the form, or the port is no port.
std::optional<Address> parse_address(std::string_view text, std::uint16_t default_port);

}  // namespace preflight
