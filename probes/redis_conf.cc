#include "probes/redis_conf.h"

#include <algorithm>
#include <vector>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/plain_text.h"

namespace preflight::probes {
namespace {

std::string_view unquoted(std::string_view word) {
    const bool quoted =
        word.size() > 1 && (word.front() == '"' || word.front() == '\'') && word.back() == word.front();
    return quoted ? word.substr(1, word.size() - 2) : word;
}

// The character that a backslash and what follows stand for in double quotes, taken off the text.
char unescaped(std::string_view& text) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == 'n') return '\n';
    if (c == 'r') return '\r';
    if (c == 't') return '\t';
    if (c != 'x' || text.size() < 2) return c;
    const auto byte = percent_decoded("%" + std::string(text.substr(0, 2)));
    if (!byte || byte->size() != 1) return c;
    text.remove_prefix(2);
    return byte->front();
}

// The value after the name of a setting, whole: in quotes it may hold blanks.
std::string value_in(std::string_view line) {
    line = trimmed(line);
    line = trimmed(line.substr(std::min(line.size(), line.find_first_of(" \t"))));
    if (line.empty() || (line.front() != '"' && line.front() != '\''))
        return std::string(line.substr(0, line.find_first_of(" \t")));
    const char quote = line.front();
    line.remove_prefix(1);
    std::string value;
    while (!line.empty() && line.front() != quote) {
        const char c = line.front();
        line.remove_prefix(1);
        const bool escape = c == '\\' && !line.empty() && (quote == '"' || line.front() == quote);
        value += escape ? unescaped(line) : c;
    }
    return value;
}

struct Settings {
    std::vector<std::string> addresses;
    std::string socket;
    std::uint32_t port = 0;
    std::uint32_t tls_port = 0;
    std::vector<v1::SentinelMaster> masters;
    bool clear = true;
    bool masters_clear = true;

    void take(const std::vector<std::string_view>& words) {
        const auto name = in_lower_case(words.front());
        if (words.size() < 2) return;
        const auto value = unquoted(words[1]);
        if (name == "port") set_port(value, port);
        if (name == "tls-port") set_port(value, tls_port);
        if (name == "unixsocket") {
            socket = value;
            clear = clear && is_path(value);
        }
        if (name == "bind") take_addresses(words);
        if (name == "sentinel" && in_lower_case(value) == "monitor") take_master(words);
    }

  private:
    void set_port(std::string_view text, std::uint32_t& number) {
        const auto parsed = number_in(text);
        clear = clear && parsed && *parsed <= 65535;
        if (parsed && *parsed <= 65535) number = static_cast<std::uint32_t>(*parsed);
    }

    // sentinel monitor NAME HOST PORT QUORUM
    void take_master(const std::vector<std::string_view>& words) {
        constexpr std::size_t limit = 256;
        const auto port = words.size() < 5 ? std::nullopt : number_in(unquoted(words[4]));
        if (!port || *port == 0 || *port > 65535 || !is_name(unquoted(words[2])) ||
            !is_host(unquoted(words[3])) || masters.size() == limit) {
            masters_clear = false;
            return;
        }
        v1::SentinelMaster master;
        master.set_name(std::string(unquoted(words[2])));
        master.set_host(std::string(unquoted(words[3])));
        master.set_port(static_cast<std::uint32_t>(*port));
        masters.push_back(std::move(master));
    }

    // A leading minus: no failure when the host has no such address.
    void take_addresses(const std::vector<std::string_view>& words) {
        addresses.clear();
        for (std::size_t at = 1; at < words.size(); ++at) {
            auto address = unquoted(words[at]);
            if (address.starts_with('-')) address.remove_prefix(1);
            if (address != "*" && !is_host(address)) {
                clear = false;
                continue;
            }
            addresses.emplace_back(address == "*" ? "0.0.0.0" : address);
        }
    }
};

void add_listeners(const Settings& settings, std::uint32_t port, bool tls, std::string_view service,
                   Parsed<v1::Listener>& found) {
    if (port == 0) return;
    auto addresses = settings.addresses;
    if (addresses.empty()) addresses.emplace_back("0.0.0.0");  // Redis' own, from general knowledge
    for (const auto& address : addresses) {
        v1::Listener listener;
        listener.set_service(std::string(service));
        listener.set_address(address);
        listener.set_port(port);
        listener.set_tls(tls);
        found.items.push_back(std::move(listener));
    }
}

}  // namespace

Parsed<v1::Listener> parse_redis_conf(std::string_view text, std::string_view service,
                                      std::string_view source) {
    if (!is_plain_text(text)) {
        return Parsed<v1::Listener>::of(malformed(std::string(source), "holds NUL bytes or invalid UTF-8"));
    }
    if (!holds_settings(text)) {
        return Parsed<v1::Listener>::of(malformed(std::string(source), "holds no setting"));
    }
    Settings settings;
    settings.port = service == "sentinel" ? 26379 : 6379;
    while (const auto line = next_line(text)) {
        const auto words = split(*line, " \t");
        if (!words.empty() && words.front().front() != '#') settings.take(words);
    }
    Parsed<v1::Listener> found;
    if (!settings.clear) found.unclear(source, "an address, port or socket cannot be read");
    if (!settings.masters_clear) found.unclear(source, "a master that the Sentinel watches cannot be read");
    add_listeners(settings, settings.port, false, service, found);
    add_listeners(settings, settings.tls_port, true, service, found);
    if (is_path(settings.socket)) {
        v1::Listener listener;
        listener.set_service(std::string(service));
        listener.set_socket(settings.socket);
        found.items.push_back(std::move(listener));
    }
    for (auto& listener : found.items) {
        for (const auto& master : settings.masters) *listener.add_masters() = master;
    }
    return found;
}

RedisLogin parse_redis_conf_login(std::string_view text) {
    RedisLogin login;
    TlsFiles files;
    // Its certificate is for the names that others know it by, not for the loopback address.
    files.verify = false;
    while (const auto line = next_line(text)) {
        const auto words = split(*line, " \t");
        if (words.size() < 2) continue;
        const auto name = in_lower_case(words.front());
        auto value = value_in(*line);
        if (name == "requirepass") {
            login.password = Secret(std::move(value));
        } else if (name == "tls-cert-file") {
            files.certificate = std::move(value);
        } else if (name == "tls-key-file") {
            files.key = std::move(value);
        } else if (name == "tls-port" && value != "0") {
            login.tls.emplace();
        }
    }
    if (login.tls) login.tls = files;
    return login;
}

}  // namespace preflight::probes
