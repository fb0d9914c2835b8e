#include "probes/database_yml.h"

#include <optional>
#include <utility>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

constexpr std::uint32_t default_port = 5432;

bool is_flat(const YAML::Node& production) {
    for (const auto* key : {"adapter", "database", "host", "url"}) {
        if (!text_of(member(production, key)).empty()) return true;
    }
    return false;
}

// Nothing where its name server or port is written so that it cannot be read: GitLab's own values stand for
// what is not written alone.
std::optional<ReplicaDiscovery> discovery_of(const YAML::Node& discover) {
    ReplicaDiscovery discovery;
    const auto server = member(discover, "nameserver");
    const auto written_port = member(discover, "port");
    if (server.IsDefined() && !server.IsNull()) {
        discovery.nameserver = text_of(server);
        if (!is_host(discovery.nameserver)) return {};
    }
    if (written_port.IsDefined() && !written_port.IsNull()) {
        const auto port = number_in(text_of(written_port));
        if (!port || *port == 0 || *port > 65535) return {};
        discovery.port = static_cast<std::uint32_t>(*port);
    }
    discovery.services = text_of(member(discover, "record_type")) == "SRV";
    return discovery;
}

bool set_load_balancing(const YAML::Node& balancing, v1::PostgresEndpoint& endpoint) {
    const auto hosts = member(balancing, "hosts");
    bool clear = true;
    if (hosts.IsSequence()) {
        for (const auto& host : hosts) {
            const auto text = text_of(host);
            clear = clear && is_host(text);
            if (is_host(text)) endpoint.add_replicas(text);
        }
    }
    const auto record = text_of(member(member(balancing, "discover"), "record"));
    if (is_host(record)) endpoint.set_replica_discovery(record);
    return clear && (record.empty() || (is_host(record) && discovery_of(member(balancing, "discover"))));
}

bool set_port(const YAML::Node& node, v1::PostgresEndpoint& endpoint) {
    const auto text = text_of(node);
    const auto port = number_in(text);
    if (port && *port > 0 && *port <= 65535) endpoint.set_port(static_cast<std::uint32_t>(*port));
    if (endpoint.port() == 0) endpoint.set_port(default_port);  // libpq's own, from general knowledge
    return text.empty() || (port && *port > 0 && *port <= 65535);
}

bool set_place(const YAML::Node& connection, v1::PostgresEndpoint& endpoint) {
    auto host = text_of(member(connection, "host"));
    if (host.empty()) host = text_of(member(connection, "socket"));
    if (!host.empty() && !set_hosts(host, endpoint)) return false;
    return set_port(member(connection, "port"), endpoint);
}

void set_names(const YAML::Node& connection, std::string_view source, v1::PostgresEndpoint& endpoint,
               std::vector<Problem>& problems) {
    const auto name = [&](const char* key) {
        return name_of_key(text_of(member(connection, key)), key, source, problems);
    };
    const auto database = name("database");
    if (!database.empty()) endpoint.set_database(database);
    const auto user = name("username");
    if (!user.empty()) endpoint.set_user(user);
    endpoint.set_sslmode(name("sslmode"));
    endpoint.set_shares_main(truth_of(member(connection, "database_tasks")) == false);
}

PostgresLogin login_of(const YAML::Node& connection, v1::PostgresEndpoint endpoint) {
    PostgresLogin login;
    login.password = Secret(text_of(member(connection, "password")));
    login.sslrootcert = text_of(member(connection, "sslrootcert"));
    if (login.sslrootcert.empty()) login.sslrootcert = text_of(member(connection, "sslca"));
    login.sslcert = text_of(member(connection, "sslcert"));
    login.sslkey = text_of(member(connection, "sslkey"));
    if (auto discovery = discovery_of(member(member(connection, "load_balancing"), "discover"))) {
        login.discovery = std::move(*discovery);
        login.discovery.record = endpoint.replica_discovery();
    }
    login.endpoint = std::move(endpoint);
    return login;
}

class Reader {
  public:
    Reader(std::string_view source, bool by_command) : source_(source), by_command_(by_command) {}

    void take(const std::string& purpose, const YAML::Node& connection) {
        if (!is_name(purpose)) return parsed_.unclear(source_, "a database has an impossible name");
        v1::PostgresEndpoint endpoint;
        endpoint.set_purpose(purpose);
        endpoint.set_service("rails");
        endpoint.set_password_by_command(by_command_);
        if (!set_place(connection, endpoint)) {
            return parsed_.unclear(source_, "host or port of the database " + purpose + " cannot be read");
        }
        if (!set_load_balancing(member(connection, "load_balancing"), endpoint)) {
            parsed_.unclear(source_, "load balancing of the database " + purpose + " cannot be read");
        }
        set_names(connection, source_, endpoint, parsed_.problems);
        auto login = login_of(connection, std::move(endpoint));
        if (!apply_url(text_of(member(connection, "url")), login)) {
            return parsed_.unclear(source_, "the URL of the database " + purpose + " cannot be read");
        }
        parsed_.items.push_back(std::move(login));
    }

    Parsed<PostgresLogin> result() {
        if (parsed_.items.empty() && parsed_.problems.empty()) parsed_.unclear(source_, "names no database");
        return std::move(parsed_);
    }

  private:
    // What a URL names is taken from it, whatever else is written beside it (Rails,
    // DatabaseConfigurations::UrlConfig). False when it cannot be read.
    bool apply_url(const std::string& url, PostgresLogin& login) {
        if (url.empty()) return true;
        auto info = user_in(url);
        if (!info || !set_from_url(url, login.endpoint)) return false;
        if (info->user.present()) {
            login.endpoint.set_user(
                name_of_key(info->user.reveal(), "the user of the URL", source_, parsed_.problems));
        }
        if (info->password.present()) login.password = std::move(info->password);
        // Rails takes them for settings like any other: sslmode, another host.
        if (url.find('?') != std::string::npos)
            parsed_.unclear(source_, "settings behind the URL of the database " + login.endpoint.purpose() +
                                         " are not read");
        return true;
    }

    std::string_view source_;
    bool by_command_;
    Parsed<PostgresLogin> parsed_;
};

}  // namespace

bool set_hosts(std::string_view hosts, v1::PostgresEndpoint& endpoint) {
    bool first = true;
    for (const auto host : split(hosts, ",")) {
        if (!is_host(host)) return false;
        if (std::exchange(first, false)) {
            endpoint.set_host(std::string(host));
        } else {
            endpoint.add_replicas(std::string(host));
        }
    }
    return !first;
}

bool set_from_url(std::string_view url, v1::PostgresEndpoint& endpoint) {
    const auto address = parse_address(url);
    if (!address || !address->scheme.starts_with("postgres")) return false;
    // Every part of it is percent-encoded (Rails, ConnectionUrlResolver).
    const auto database = percent_decoded(address->path.empty() ? "" : address->path.substr(1));
    if (!database || (!database->empty() && !is_name(*database))) return false;
    const auto& host = address->socket.empty() ? address->host : address->socket;
    if (!host.empty()) endpoint.set_host(host);
    if (address->port != 0) endpoint.set_port(address->port);
    if (!database->empty()) endpoint.set_database(*database);
    return true;
}

std::vector<v1::PostgresEndpoint> endpoints_of(const std::vector<PostgresLogin>& logins) {
    std::vector<v1::PostgresEndpoint> endpoints;
    endpoints.reserve(logins.size());
    for (const auto& login : logins) endpoints.push_back(login.endpoint);
    return endpoints;
}

Parsed<v1::PostgresEndpoint> parse_database_yml(std::string_view text, std::string_view source) {
    auto logins = parse_database_logins(text, source);
    return {endpoints_of(logins.items), std::move(logins.problems)};
}

Parsed<PostgresLogin> parse_database_logins(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Parsed<PostgresLogin>::of(document.error());
    const auto production = member(*document, "production");
    if (!production.IsMap()) {
        return Parsed<PostgresLogin>::of(malformed(std::string(source), "has no section production"));
    }
    Reader reader(source, !member(production, "config_command").IsNull());
    if (is_flat(production)) {
        reader.take("main", production);
        return reader.result();
    }
    for (const auto& entry : production) {
        const auto name = text_of(entry.first);
        if (name != "<<" && entry.second.IsMap()) reader.take(name, entry.second);
    }
    const auto merged = member(production, "main");
    if (merged.IsMap() && !production["main"].IsDefined()) reader.take("main", merged);
    return reader.result();
}

}  // namespace preflight::probes
