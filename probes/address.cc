#include "probes/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

#include "probes/config_text.h"
#include "probes/plain_text.h"
#include "probes/text.h"

namespace preflight::probes {
namespace {

constexpr std::size_t url_limit_bytes = 2048;
constexpr std::size_t host_limit_bytes = 255;
constexpr std::size_t path_limit_bytes = 4096;
constexpr std::size_t name_limit_bytes = 256;

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool is_control_or_blank(char c) { return is_control(c) || c == ' '; }

bool is_ipv6(std::string_view text) {
    in6_addr address{};
    return ::inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

int value_of_hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool all_of(std::string_view text, std::string_view also) {
    return std::ranges::all_of(
        text, [&](char c) { return is_letter_or_digit(c) || also.find(c) != std::string_view::npos; });
}

// Cuts a URL where its parts meet.
struct Cut {
    std::string_view scheme;
    std::string_view user;       // with its password
    std::string_view authority;  // without them
    std::string_view path;
};

std::optional<Cut> cut(std::string_view text) {
    Cut parts;
    if (text.empty() || text.size() > url_limit_bytes || std::ranges::any_of(text, is_control_or_blank))
        return std::nullopt;
    if (const auto colon = text.find("://"); colon != std::string_view::npos) {
        parts.scheme = text.substr(0, colon);
        if (parts.scheme.empty() || !all_of(parts.scheme, "+-.")) return std::nullopt;
        text.remove_prefix(colon + 3);
    } else if (text.starts_with("unix:")) {
        parts.scheme = text.substr(0, 4);
        text.remove_prefix(5);
    }
    const auto end = text.find_first_of("/?#");
    parts.authority = text.substr(0, end);
    auto rest = end == std::string_view::npos ? std::string_view() : text.substr(end);
    // An @ this late is a password with one of "/?#" in it just as well: then nothing here is certain.
    if (rest.find('@') != std::string_view::npos) return std::nullopt;
    if (const auto user = parts.authority.rfind('@'); user != std::string_view::npos) {
        parts.user = parts.authority.substr(0, user);
        parts.authority.remove_prefix(user + 1);
    }
    parts.path = rest.substr(0, rest.find_first_of("?#"));
    return parts;
}

bool read_port(std::string_view text, Address& address) {
    const auto port = number_in(text);
    if (!port || *port > 65535) return false;
    address.port = static_cast<std::uint32_t>(*port);
    return true;
}

bool read_host_and_port(std::string_view authority, Address& address) {
    auto host = authority;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return false;
        host = authority.substr(1, end - 1);
        const auto rest = authority.substr(end + 1);
        if (!rest.empty() && (rest.front() != ':' || !read_port(rest.substr(1), address))) return false;
    } else if (std::ranges::count(authority, ':') == 1) {
        host = authority.substr(0, authority.find(':'));
        if (!read_port(authority.substr(host.size() + 1), address)) return false;
    }
    const auto decoded = percent_decoded(host);
    if (!decoded) return false;
    (decoded->starts_with('/') ? address.socket : address.host) = *decoded;
    if (!address.socket.empty()) return is_path(address.socket);
    return address.host.empty() || is_host(address.host);
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        if (at + 2 >= text.size()) return std::nullopt;
        const int high = value_of_hex(text[at + 1]);
        const int low = value_of_hex(text[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        at += 2;
    }
    if (!is_plain_text(decoded)) return std::nullopt;
    return decoded;
}

std::optional<Address> parse_address(std::string_view text) {
    text = trimmed(text);
    const auto parts = cut(text);
    if (!parts) return std::nullopt;
    Address address;
    address.scheme = in_lower_case(parts->scheme);
    const bool socket = address.scheme == "unix" || (address.scheme.empty() && text.starts_with('/'));
    if (socket) {
        const auto path = percent_decoded(parts->path);
        if (!parts->authority.empty() || !path || !is_path(*path)) return std::nullopt;
        address.socket = *path;
        return address;
    }
    // dns://resolver/host:port, where the resolver may be left out.
    const bool resolved = address.scheme == "dns" && parts->path.size() > 1;
    if (!read_host_and_port(resolved ? parts->path.substr(1) : parts->authority, address))
        return std::nullopt;
    if (resolved) return address;
    if (!parts->path.empty() && !is_path(parts->path)) return std::nullopt;
    address.path = parts->path;
    return address;
}

std::optional<UserInfo> user_in(std::string_view url) {
    const auto parts = cut(trimmed(url));
    if (!parts) return std::nullopt;
    if (parts->scheme.empty()) return UserInfo();
    const auto colon = std::min(parts->user.find(':'), parts->user.size());
    auto user = percent_decoded(parts->user.substr(0, colon));
    auto password = percent_decoded(parts->user.substr(std::min(colon + 1, parts->user.size())));
    if (!user || !password) return std::nullopt;
    return UserInfo{Secret(std::move(*user)), Secret(std::move(*password))};
}

std::string without_user(std::string_view url) {
    url = trimmed(url);
    const auto parts = cut(url);
    if (!parts || !parse_address(url)) return {};
    if (parts->scheme.empty()) return std::string(parts->authority) + std::string(parts->path);
    const bool slashes = url.substr(parts->scheme.size()).starts_with("://");
    return std::string(parts->scheme) + (slashes ? "://" : ":") + std::string(parts->authority) +
           std::string(parts->path);
}

std::string host_and_port(std::string_view host, std::uint32_t port) {
    const bool brackets = host.find(':') != std::string_view::npos;
    return (brackets ? "[" : "") + std::string(host) + (brackets ? "]:" : ":") + std::to_string(port);
}

bool is_loopback(std::string_view host) {
    const bool numbers = std::ranges::all_of(host, [](char c) { return c == '.' || is_digit(c); });
    return host == "localhost" || host == "::1" || (numbers && host.starts_with("127."));
}

bool is_host(std::string_view text) {
    if (text.starts_with('/')) return is_path(text) && text.find_first_of(" =") == std::string_view::npos;
    // Only an address has colons: else they part a user from a password.
    if (text.find(':') != std::string_view::npos) return text.size() <= host_limit_bytes && is_ipv6(text);
    return !text.empty() && text.size() <= host_limit_bytes && all_of(text, "._-");
}

bool is_path(std::string_view text) {
    return text.starts_with('/') && text.size() <= path_limit_bytes && is_plain_text(text) &&
           std::ranges::none_of(text, is_control) && text.find('@') == std::string_view::npos;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= name_limit_bytes && is_plain_text(text) &&
           std::ranges::none_of(text, is_control) && text.find_first_of(" @=:") == std::string_view::npos;
}

std::string name_or_nothing(std::string_view text) {
    return is_name(text) ? std::string(text) : std::string();
}

std::string name_of_key(std::string_view text, std::string_view key, std::string_view source,
                        std::vector<Problem>& problems) {
    if (!text.empty() && !is_name(text)) {
        problems.push_back(malformed(std::string(source), std::string(key) + " is no plain name"));
    }
    return name_or_nothing(text);
}

std::string without_credentials(std::string_view text) {
    if (text.find("://") != std::string_view::npos) return without_user(text);
    return name_or_nothing(text.substr(0, text.find_first_of("?#")));
}

}  // namespace preflight::probes
