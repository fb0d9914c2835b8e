#include "probes/postgres_config.h"

#include <algorithm>
#include <array>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/plain_text.h"

namespace preflight::probes {
namespace {

// From PostgreSQL's documentation (general knowledge): what holds where the file says nothing.
constexpr std::string_view default_addresses = "localhost";
constexpr std::string_view default_port = "5432";

constexpr std::array<std::string_view, 5> wanted{"listen_addresses", "port", "unix_socket_directories", "ssl",
                                                 "data_directory"};

struct Setting {
    std::string name;
    std::string value;
};

// 'text' with '' or \' for a quote in it, or a word up to a blank or a comment.
std::string value_at(std::string_view text) {
    if (!text.starts_with('\'')) return std::string(text.substr(0, text.find_first_of(" \t#")));
    std::string value;
    for (std::size_t at = 1; at < text.size(); ++at) {
        const bool pair = at + 1 < text.size() && text[at + 1] == '\'';
        if (text[at] == '\'' && !pair) break;
        if (pair && (text[at] == '\'' || text[at] == '\\')) ++at;
        value += text[at];
    }
    return value;
}

// "name = value # comment", where the equals sign may be left out.
Setting setting_in(std::string_view line) {
    line = trimmed(line);
    if (line.empty() || line.front() == '#') return {};
    const auto end = std::min(line.find_first_of("= \t"), line.size());
    auto rest = trimmed(line.substr(end));
    if (rest.starts_with('=')) rest = trimmed(rest.substr(1));
    return {in_lower_case(line.substr(0, end)), value_at(rest)};
}

std::string_view value_of(const PostgresSettings& settings, std::string_view name,
                          std::string_view otherwise) {
    const auto found = settings.find(name);
    return found == settings.end() ? otherwise : std::string_view(found->second);
}

}  // namespace

Result<std::vector<std::string>> read_postgres_conf(std::string_view text, std::string_view source,
                                                    PostgresSettings& settings) {
    if (!is_plain_text(text)) return malformed(std::string(source), "holds NUL bytes or invalid UTF-8");
    std::vector<std::string> includes;
    while (const auto line = next_line(text)) {
        auto setting = setting_in(*line);
        if (setting.name == "include" || setting.name == "include_if_exists") {
            includes.push_back(std::move(setting.value));
        } else if (std::ranges::find(wanted, setting.name) != wanted.end()) {
            settings[setting.name] = std::move(setting.value);
        }
    }
    return includes;
}

void add_listeners(std::string_view addresses, std::uint32_t port, bool tls, std::string_view service,
                   std::string_view source, Parsed<v1::Listener>& found) {
    for (const auto address : split(addresses, ",")) {
        if (address != "*" && !is_host(address)) {
            found.unclear(source, "an address to listen on cannot be read");
            continue;
        }
        v1::Listener listener;
        listener.set_service(std::string(service));
        listener.set_address(address == "*" ? "0.0.0.0" : std::string(address));
        listener.set_port(port);
        listener.set_tls(tls);
        found.items.push_back(std::move(listener));
    }
}

Parsed<v1::Listener> postgres_listeners(const PostgresSettings& settings, std::string_view service,
                                        std::string_view source) {
    Parsed<v1::Listener> found;
    const auto number = number_in(value_of(settings, "port", default_port));
    if (!number || *number == 0 || *number > 65535) {
        found.unclear(source, "the port cannot be read");
        return found;
    }
    const auto port = static_cast<std::uint32_t>(*number);
    const bool tls = value_of(settings, "ssl", "off") == "on";
    add_listeners(value_of(settings, "listen_addresses", default_addresses), port, tls, service, source,
                  found);
    for (const auto directory : split(value_of(settings, "unix_socket_directories", ""), ",")) {
        if (!is_path(directory)) {
            found.unclear(source, "a directory for the socket cannot be read");
            continue;
        }
        v1::Listener listener;
        listener.set_service(std::string(service));
        listener.set_socket(std::string(directory) + "/.s.PGSQL." + std::to_string(port));
        listener.set_port(port);
        found.items.push_back(std::move(listener));
    }
    return found;
}

Result<std::string> parse_pg_version(std::string_view text, std::string_view source) {
    const auto version = trimmed(text);
    const auto parts = split(version, ".");
    const bool digits = std::ranges::all_of(version, [](char c) { return c == '.' || is_digit(c); });
    if (!digits || version.size() > 8 || parts.empty() || parts.size() > 2) {
        return malformed(std::string(source), "holds no major version");
    }
    return std::string(version);
}

}  // namespace preflight::probes
