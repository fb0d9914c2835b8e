#include "probes/pgbouncer_config.h"

#include <algorithm>
#include <map>
#include <utility>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/database_yml.h"
#include "probes/plain_text.h"
#include "probes/postgres_config.h"

namespace preflight::probes {
namespace {

using Pairs = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t include_limit = 16;

std::string value_in(const Pairs& pairs, std::string_view key) {
    const auto found = pairs.find(key);
    return found == pairs.end() ? std::string() : found->second;
}

// "host=10.0.0.1 port=5432 password='it''s'": a connect string. Of its values only what callers name is kept.
Pairs pairs_of(std::string_view text) {
    Pairs pairs;
    for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) break;
        const std::string key(trimmed(text.substr(0, equals)));
        text = trimmed(text.substr(equals + 1));
        std::string value;
        const bool quoted = text.starts_with('\'');
        if (quoted) text.remove_prefix(1);
        while (!text.empty()) {
            const bool pair = quoted && text.starts_with("''");
            const bool end =
                quoted ? text.front() == '\'' && !pair : text.front() == ' ' || text.front() == '\t';
            if (!end) value += text.front();
            text.remove_prefix(pair ? 2 : 1);
            if (end) break;
        }
        pairs[key] = std::move(value);
    }
    return pairs;
}

class Reader {
  public:
    explicit Reader(std::string_view source) : source_(source) {}

    void line(std::string_view line) {
        line = trimmed(line);
        if (line.empty() || line.front() == ';' || line.front() == '#') return;
        if (line.starts_with("%include")) return include(trimmed(line.substr(8)));
        if (line.starts_with('[')) {
            section_ = in_lower_case(line.substr(1, line.find(']') - 1));
            return;
        }
        const auto equals = line.find('=');
        if (equals == std::string_view::npos)
            return found_.unclear(source_, "a line is neither section nor setting");
        const auto key = trimmed(line.substr(0, equals));
        const auto value = trimmed(line.substr(equals + 1));
        if (section_ == "databases") return database(key, value);
        if (section_ == "pgbouncer") settings_[in_lower_case(key)] = value;
    }

    Parsed<PgbouncerConfig> result() {
        take_listeners();
        found_.items.push_back(std::move(config_));
        return std::move(found_);
    }

  private:
    void include(std::string_view path) {
        if (!is_path(path)) return found_.unclear(source_, "an %include names no absolute path");
        if (config_.includes.size() == include_limit) {
            if (std::exchange(includes_cut_, true)) return;
            return found_.problems.push_back(
                {v1::Gap::DROPPED, std::string(source_), "more included files than are read"});
        }
        config_.includes.emplace_back(path);
    }

    void database(std::string_view name, std::string_view connect) {
        const auto pairs = pairs_of(connect);
        v1::PostgresEndpoint endpoint;
        endpoint.set_purpose("pgbouncer");
        endpoint.set_service("pgbouncer");
        const auto dbname = value_in(pairs, "dbname");
        endpoint.set_database(name_of_key(dbname.empty() ? name : std::string_view(dbname),
                                          "the name of a database", source_, found_.problems));
        endpoint.set_user(name_of_key(value_in(pairs, pairs.contains("user") ? "user" : "auth_user"),
                                      "the user of a database", source_, found_.problems));
        const auto host = value_in(pairs, "host");
        const auto port =
            pairs.contains("port") ? number_in(value_in(pairs, "port")) : std::optional(std::uint64_t{5432});
        if ((!host.empty() && !set_hosts(host, endpoint)) || !port || *port == 0 || *port > 65535) {
            return found_.unclear(source_, "host or port of a database cannot be read");
        }
        endpoint.set_port(static_cast<std::uint32_t>(*port));
        config_.databases.push_back(std::move(endpoint));
    }

    void take_listeners() {
        if (settings_.empty()) return;
        const auto text = value_in(settings_, "listen_port");
        const auto port = number_in(text.empty() ? "6432" : text);
        if (!port || *port == 0 || *port > 65535)
            return found_.unclear(source_, "listen_port cannot be read");
        const auto mode = value_in(settings_, "client_tls_sslmode");
        const auto number = static_cast<std::uint32_t>(*port);
        Parsed<v1::Listener> listeners;
        add_listeners(value_in(settings_, "listen_addr"), number, !mode.empty() && mode != "disable",
                      "pgbouncer", source_, listeners);
        const auto directory = value_in(settings_, "unix_socket_dir");
        if (is_path(directory)) {
            v1::Listener listener;
            listener.set_service("pgbouncer");
            listener.set_socket(directory + "/.s.PGSQL." + std::to_string(number));
            listener.set_port(number);
            listeners.items.push_back(std::move(listener));
        }
        config_.listeners = std::move(listeners.items);
        std::ranges::move(listeners.problems, std::back_inserter(found_.problems));
    }

    std::string_view source_;
    std::string section_;
    Pairs settings_;
    PgbouncerConfig config_;
    Parsed<PgbouncerConfig> found_;
    bool includes_cut_ = false;
};

}  // namespace

Parsed<PgbouncerConfig> parse_pgbouncer_ini(std::string_view text, std::string_view source) {
    if (!is_plain_text(text)) {
        return Parsed<PgbouncerConfig>::of(
            malformed(std::string(source), "holds NUL bytes or invalid UTF-8"));
    }
    if (!holds_settings(text)) {
        return Parsed<PgbouncerConfig>::of(malformed(std::string(source), "holds no setting"));
    }
    Reader reader(source);
    while (const auto line = next_line(text)) reader.line(*line);
    return reader.result();
}

Secret password_in_user_list(std::string_view list, std::string_view user) {
    while (const auto line = next_line(list)) {
        const auto parts = split(*line, "\"");
        if (parts.size() < 2 || parts[0] != user) continue;
        const auto password = parts.back();
        const bool hashed =
            password.starts_with("SCRAM-SHA-256$") || (password.starts_with("md5") && password.size() == 35);
        return Secret(hashed ? std::string() : std::string(password));
    }
    return {};
}

}  // namespace preflight::probes
