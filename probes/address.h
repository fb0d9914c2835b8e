// Address: where a server listens, cut out of a URL, of "host:port" or of a socket's path; never with user or
// password.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/secret.h"

namespace preflight::probes {

struct Address {
    std::string scheme;      // in lower case; empty when none was written
    std::string host;        // name or IP address, IPv6 without brackets
    std::uint32_t port = 0;  // 0: none was written
    std::string socket;      // path of a Unix socket, instead of host and port
    std::string path;        // what follows, without query and fragment
};

// Understands "redis://:secret@host:6379/0", "unix:/path", "unix:///path", "/path", "tcp://host:port",
// "dns:///host:port", "http+unix://%2Fpath", "host:port", ":port", "[::1]:port". Nothing when the text is no
// address, or when it cannot be told where its user information ends: part of a password must not pass for a
// host.
std::optional<Address> parse_address(std::string_view text);

// User and password of a URL, percent-decoded; absent where none is written. Nothing when they cannot be told
// from it.
struct UserInfo {
    Secret user;
    Secret password;
};
std::optional<UserInfo> user_in(std::string_view url);

// The URL as it was written, but without user information, query and fragment; empty when it is no address.
std::string without_user(std::string_view url);

// "host:port"; IPv6 in brackets.
std::string host_and_port(std::string_view host, std::uint32_t port);

bool is_loopback(std::string_view host);

// Nothing when it is no such text, or stands for what is no plain text.
std::optional<std::string> percent_decoded(std::string_view text);

// What may stand in a finding as a host (or directory of a socket), as a path, as a name. They bound the
// length, and keep out whole connection strings that somebody put in the wrong place.
bool is_host(std::string_view text);
bool is_path(std::string_view text);
bool is_name(std::string_view text);
// The text when it is a name, else empty.
std::string name_or_nothing(std::string_view text);
// The same for the value of `key`; what is there and no name is a problem that does not repeat it.
std::string name_of_key(std::string_view text, std::string_view key, std::string_view source,
                        std::vector<Problem>& problems);
// A name, a path without a slash in front, or a URL, without user information and query; empty when it is
// none.
std::string without_credentials(std::string_view text);

}  // namespace preflight::probes
