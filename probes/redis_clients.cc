#include "probes/redis_clients.h"

#include <algorithm>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/database_yml.h"
#include "probes/redis_config.h"
#include "probes/toml.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

using Endpoints = Parsed<v1::RedisEndpoint>;

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

v1::RedisEndpoint endpoint_of(std::string_view purpose, std::string_view service) {
    v1::RedisEndpoint endpoint;
    endpoint.set_purpose(std::string(purpose));
    endpoint.set_service(std::string(service));
    return endpoint;
}

void take_kas(const YAML::Node& redis, std::string_view source, v1::RedisEndpoint& endpoint,
              Endpoints& found) {
    const auto sentinel = member(redis, "sentinel");
    const auto addresses = member(sentinel, "addresses");
    if (addresses.IsSequence() && addresses.size() > 0) {
        endpoint.set_master_name(
            name_of_key(text_of(member(sentinel, "master_name")), "master_name", source, found.problems));
        set_sentinel_mode(endpoint);
        for (const auto& address : addresses) {
            if (!add_node(text_of(address), endpoint))
                found.unclear(source, "a Sentinel's address cannot be read");
        }
    } else if (!set_redis_url(text_of(member(member(redis, "server"), "address")), endpoint)) {
        return found.unclear(source, "the address of Redis cannot be read");
    }
    if (truth_of(member(member(redis, "tls"), "enabled")).value_or(false)) use_tls(endpoint);
    found.items.push_back(endpoint);
}

// As the registry's documentation has it (from general knowledge): `addr` is one server, or a list of
// Sentinels when `mainname` stands beside it, or of a cluster's nodes.
void take_registry(const YAML::Node& use, std::string_view source, Endpoints& found) {
    auto endpoint = endpoint_of("registry", "registry");
    const auto addr = text_of(member(use, "addr"));
    const auto addresses = split(addr, ",");
    const auto master = name_of_key(text_of(member(use, "mainname")), "mainname", source, found.problems);
    if (!master.empty() || addresses.size() > 1) {
        endpoint.set_mode(master.empty() ? v1::RedisEndpoint::CLUSTER : v1::RedisEndpoint::SENTINEL);
        endpoint.set_master_name(master);
        for (const auto address : addresses) {
            if (!add_node(address, endpoint)) found.unclear(source, "an address of Redis cannot be read");
        }
    } else if (!set_redis_url(addr, endpoint)) {
        return found.unclear(source, "the address of Redis cannot be read");
    }
    if (truth_of(member(member(use, "tls"), "enabled")).value_or(false)) use_tls(endpoint);
    const auto database = number_of(member(use, "db"));
    if (database && *database < 65536) endpoint.set_database(static_cast<std::uint32_t>(*database));
    const auto equal = [&](const auto& other) {
        return other.SerializeAsString() == endpoint.SerializeAsString();
    };
    if (std::ranges::none_of(found.items, equal)) found.items.push_back(endpoint);
}

}  // namespace

Endpoints parse_workhorse_redis(std::string_view text, std::string_view source) {
    if (!holds_settings(text)) return Endpoints::of(malformed(std::string(source), "holds no setting"));
    const auto document = parse_toml(text, source);
    if (!document) return Endpoints::of(document.error());
    const auto* redis = (*document)["redis"].as_table();
    Endpoints found;
    if (redis == nullptr) return found;
    auto endpoint = endpoint_of("workhorse", "workhorse");
    endpoint.set_password_by_command(document->contains("config_command"));
    const auto* sentinels = (*redis)["Sentinel"].as_array();
    if (sentinels != nullptr && !sentinels->empty()) {
        endpoint.set_master_name(
            name_of_key(text_in(*redis, "SentinelMaster"), "SentinelMaster", source, found.problems));
        set_sentinel_mode(endpoint);
        for (const auto& sentinel : *sentinels) {
            const auto address = sentinel.value_or(std::string());
            if (!add_node(address, endpoint)) found.unclear(source, "a Sentinel's address cannot be read");
        }
    } else if (!set_redis_url(text_in(*redis, "URL"), endpoint)) {
        found.unclear(source, "the URL of Redis cannot be read");
        return found;
    }
    if (document->at_path("Sentinel.tls").is_table()) endpoint.set_tls(true);
    if ((*redis)["tls"].is_table() && endpoint.mode() != v1::RedisEndpoint::SOCKET) use_tls(endpoint);
    found.items.push_back(std::move(endpoint));
    return found;
}

Endpoints parse_kas_redis(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Endpoints::of(document.error());
    Endpoints found;
    const auto redis = member(*document, "redis");
    if (!redis.IsMap()) {
        found.unclear(source, "names no Redis");
        return found;
    }
    auto endpoint = endpoint_of("kas", "gitlab-kas");
    endpoint.set_password_by_command(!member(member(*document, "config"), "command").IsNull());
    take_kas(redis, source, endpoint, found);
    return found;
}

Endpoints parse_registry_redis(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Endpoints::of(document.error());
    Endpoints found;
    const auto redis = member(*document, "redis");
    if (!redis.IsMap()) return found;
    if (!text_of(member(redis, "addr")).empty()) take_registry(redis, source, found);
    for (const auto& entry : redis) {
        if (truth_of(member(entry.second, "enabled")) == true) take_registry(entry.second, source, found);
    }
    return found;
}

Parsed<v1::PostgresEndpoint> parse_registry_database(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Parsed<v1::PostgresEndpoint>::of(document.error());
    Parsed<v1::PostgresEndpoint> found;
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
    found.items.push_back(std::move(endpoint));
    return found;
}

}  // namespace preflight::probes
