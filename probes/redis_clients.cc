#include "probes/redis_clients.h"

#include <algorithm>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/redis_config.h"
#include "probes/toml.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

using Clients = Parsed<RedisClient>;

constexpr std::uint32_t sentinel_port = 26379;  // Redis' own, from general knowledge

std::string text_in(const toml::table& table, std::string_view key) {
    return table[key].value_or(std::string());
}

bool add_node(std::string_view text, v1::RedisEndpoint& endpoint) {
    const auto address = parse_address(text);
    if (!address || !is_host(address->host)) return false;
    endpoint.add_nodes(host_and_port(address->host, address->port == 0 ? sentinel_port : address->port));
    if (address->scheme == "rediss") endpoint.set_tls(true);
    return true;
}

void use_tls(v1::RedisEndpoint& endpoint) {
    endpoint.set_tls(true);
    if (endpoint.mode() == v1::RedisEndpoint::TCP) endpoint.set_mode(v1::RedisEndpoint::TLS);
}

RedisClient client_of(std::string_view purpose, std::string_view service) {
    RedisClient client;
    client.endpoint.set_purpose(std::string(purpose));
    client.endpoint.set_service(std::string(service));
    return client;
}

void set_text(const YAML::Node& scalar, Secret& secret) {
    auto text = text_of(scalar);
    if (!text.empty()) secret = Secret(std::move(text));
}

void set_text(const toml::table& table, std::string_view key, Secret& secret) {
    auto text = text_in(table, key);
    if (!text.empty()) secret = Secret(std::move(text));
}

// One TLS for the server and its Sentinels.
void use_tls(const TlsFiles& files, RedisClient& client) {
    use_tls(client.endpoint);
    client.server.tls = files;
    client.sentinel.tls = files;
}

void take_kas_login(const YAML::Node& redis, RedisClient& client) {
    set_text(member(redis, "username"), client.server.user);
    client.server.password_file = text_of(member(redis, "password_file"));
    const auto sentinel = member(redis, "sentinel");
    set_text(member(sentinel, "username"), client.sentinel.user);
    client.sentinel.password_file = text_of(member(sentinel, "sentinel_password_file"));
    client.server.elsewhere = client.sentinel.elsewhere = client.endpoint.password_by_command();
    const auto tls = member(redis, "tls");
    if (!truth_of(member(tls, "enabled")).value_or(false)) return;
    use_tls({.ca_file = text_of(member(tls, "ca_certificate_file")),
             .certificate = text_of(member(tls, "certificate_file")),
             .key = text_of(member(tls, "key_file"))},
            client);
}

void take_kas(const YAML::Node& redis, std::string_view source, RedisClient& client, Clients& found) {
    const auto sentinel = member(redis, "sentinel");
    const auto addresses = member(sentinel, "addresses");
    const auto server = text_of(member(member(redis, "server"), "address"));
    if (addresses.IsSequence() && addresses.size() > 0) {
        client.endpoint.set_master_name(
            name_of_key(text_of(member(sentinel, "master_name")), "master_name", source, found.problems));
        set_sentinel_mode(client.endpoint);
        for (const auto& address : addresses) {
            if (!add_node(text_of(address), client.endpoint))
                found.unclear(source, "a Sentinel's address cannot be read");
        }
    } else if (!set_redis_url(server, client.endpoint) || !set_redis_user(server, client.server)) {
        return found.unclear(source, "the address of Redis cannot be read");
    }
    take_kas_login(redis, client);
    found.items.push_back(std::move(client));
}

void take_registry_login(const YAML::Node& use, RedisClient& client) {
    set_text(member(use, "username"), client.server.user);
    set_text(member(use, "password"), client.server.password);
    set_text(member(use, "sentinelusername"), client.sentinel.user);
    set_text(member(use, "sentinelpassword"), client.sentinel.password);
    const auto tls = member(use, "tls");
    if (!truth_of(member(tls, "enabled")).value_or(false)) return;
    use_tls({.verify = !truth_of(member(tls, "insecure")).value_or(false)}, client);
}

// As the registry's documentation has it (from general knowledge): `addr` is one server, or a list of
// Sentinels when `mainname` stands beside it, or of a cluster's nodes.
void take_registry(const YAML::Node& use, std::string_view source, Clients& found) {
    auto client = client_of("registry", "registry");
    auto& endpoint = client.endpoint;
    const auto addr = text_of(member(use, "addr"));
    const auto addresses = split(addr, ",");
    const auto master = name_of_key(text_of(member(use, "mainname")), "mainname", source, found.problems);
    if (!master.empty() || addresses.size() > 1) {
        endpoint.set_mode(master.empty() ? v1::RedisEndpoint::CLUSTER : v1::RedisEndpoint::SENTINEL);
        endpoint.set_master_name(master);
        for (const auto address : addresses) {
            if (!add_node(address, endpoint)) found.unclear(source, "an address of Redis cannot be read");
        }
    } else if (!set_redis_url(addr, endpoint) || !set_redis_user(addr, client.server)) {
        return found.unclear(source, "the address of Redis cannot be read");
    }
    take_registry_login(use, client);
    const auto database = number_of(member(use, "db"));
    if (database && *database < 65536) endpoint.set_database(static_cast<std::uint32_t>(*database));
    const auto equal = [&](const auto& other) {
        return other.endpoint.SerializeAsString() == endpoint.SerializeAsString() &&
               other.server == client.server && other.sentinel == client.sentinel;
    };
    if (std::ranges::none_of(found.items, equal)) found.items.push_back(std::move(client));
}

// Names of the keys from general knowledge.
TlsFiles tls_files(const toml::node_view<const toml::node> tls) {
    const auto text = [&](std::string_view key) { return tls[key].value_or(std::string()); };
    return {.ca_file = text("ca_certificate"), .certificate = text("certificate"), .key = text("key")};
}

void take_workhorse_login(const toml::table& document, const toml::table& redis, RedisClient& client) {
    set_text(redis, "Username", client.server.user);
    set_text(redis, "Password", client.server.password);
    set_text(redis, "SentinelUsername", client.sentinel.user);
    set_text(redis, "SentinelPassword", client.sentinel.password);
    client.server.elsewhere = client.sentinel.elsewhere = client.endpoint.password_by_command();
    if (client.endpoint.mode() == v1::RedisEndpoint::TLS) client.server.tls.emplace();
    const auto sentinel = document["Sentinel"]["tls"];
    if (sentinel.is_table() || client.endpoint.tls()) client.sentinel.tls = tls_files(sentinel);
    if (sentinel.is_table()) client.endpoint.set_tls(true);
    const auto tls = redis["tls"];
    if (!tls.is_table() || client.endpoint.mode() == v1::RedisEndpoint::SOCKET) return;
    use_tls(client.endpoint);
    client.server.tls = tls_files(tls);
}

}  // namespace

Clients parse_workhorse_redis(std::string_view text, std::string_view source) {
    if (!holds_settings(text)) return Clients::of(malformed(std::string(source), "holds no setting"));
    const auto document = parse_toml(text, source);
    if (!document) return Clients::of(document.error());
    const auto* redis = (*document)["redis"].as_table();
    Clients found;
    if (redis == nullptr) return found;
    auto client = client_of("workhorse", "workhorse");
    auto& endpoint = client.endpoint;
    endpoint.set_password_by_command(document->contains("config_command"));
    const auto* sentinels = (*redis)["Sentinel"].as_array();
    const auto url = text_in(*redis, "URL");
    if (sentinels != nullptr && !sentinels->empty()) {
        endpoint.set_master_name(
            name_of_key(text_in(*redis, "SentinelMaster"), "SentinelMaster", source, found.problems));
        set_sentinel_mode(endpoint);
        for (const auto& sentinel : *sentinels) {
            const auto address = sentinel.value_or(std::string());
            if (!add_node(address, endpoint)) found.unclear(source, "a Sentinel's address cannot be read");
        }
    } else if (!set_redis_url(url, endpoint) || !set_redis_user(url, client.server)) {
        found.unclear(source, "the URL of Redis cannot be read");
        return found;
    }
    take_workhorse_login(*document, *redis, client);
    found.items.push_back(std::move(client));
    return found;
}

Clients parse_kas_redis(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Clients::of(document.error());
    Clients found;
    const auto redis = member(*document, "redis");
    if (!redis.IsMap()) {
        found.unclear(source, "names no Redis");
        return found;
    }
    auto client = client_of("kas", "gitlab-kas");
    client.endpoint.set_password_by_command(!member(member(*document, "config"), "command").IsNull());
    take_kas(redis, source, client, found);
    return found;
}

Clients parse_registry_redis(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Clients::of(document.error());
    Clients found;
    const auto redis = member(*document, "redis");
    if (!redis.IsMap()) return found;
    if (!text_of(member(redis, "addr")).empty()) take_registry(redis, source, found);
    for (const auto& entry : redis) {
        if (truth_of(member(entry.second, "enabled")) == true) take_registry(entry.second, source, found);
    }
    return found;
}

Parsed<PostgresLogin> parse_registry_logins(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Parsed<PostgresLogin>::of(document.error());
    Parsed<PostgresLogin> found;
    const auto database = member(*document, "database");
    const auto enabled = text_of(member(database, "enabled"));
    // "prefer": with a database where there is one. Without a host it has none of its own.
    const auto host = text_of(member(database, "host"));
    if (enabled != "true" && (enabled != "prefer" || host.empty())) return found;
    v1::PostgresEndpoint endpoint;
    endpoint.set_purpose("registry");
    endpoint.set_service("registry");
    const auto port = text_of(member(database, "port"));
    const auto number = port.empty() ? std::optional<std::uint64_t>(5432) : number_in(port);
    if ((!host.empty() && !set_hosts(host, endpoint)) || !number || *number == 0 || *number > 65535) {
        found.unclear(source, "host or port of the registry's database cannot be read");
        return found;
    }
    endpoint.set_port(static_cast<std::uint32_t>(*number));
    const auto name = [&](const char* key) {
        return name_of_key(text_of(member(database, key)), key, source, found.problems);
    };
    endpoint.set_database(name("dbname"));
    endpoint.set_user(name("user"));
    endpoint.set_sslmode(name("sslmode"));
    PostgresLogin login;
    login.password = Secret(text_of(member(database, "password")));
    login.sslrootcert = text_of(member(database, "sslrootcert"));
    login.sslcert = text_of(member(database, "sslcert"));
    login.sslkey = text_of(member(database, "sslkey"));
    login.endpoint = std::move(endpoint);
    found.items.push_back(std::move(login));
    return found;
}

Parsed<v1::PostgresEndpoint> parse_registry_database(std::string_view text, std::string_view source) {
    auto logins = parse_registry_logins(text, source);
    return {endpoints_of(logins.items), std::move(logins.problems)};
}

}  // namespace preflight::probes
