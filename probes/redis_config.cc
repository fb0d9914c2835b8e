#include "probes/redis_config.h"

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

using Endpoints = Parsed<v1::RedisEndpoint>;

// Redis' own, from general knowledge.
constexpr std::uint32_t server_port = 6379;
constexpr std::uint32_t sentinel_port = 26379;

// An entry of `sentinels` or `cluster`: a map, or a URL as the Redis clients also take it. Empty when
// unclear.
std::string node_text(const YAML::Node& entry, std::uint32_t default_port) {
    const auto address = parse_address(text_of(entry.IsMap() ? member(entry, "host") : entry));
    if (!address || !is_host(address->host)) return {};
    const auto port = entry.IsMap() ? text_of(member(entry, "port")) : std::string();
    const auto number = number_in(port);
    if (!port.empty() && (!number || *number == 0 || *number > 65535)) return {};
    const auto own = number ? static_cast<std::uint32_t>(*number) : address->port;
    return host_and_port(address->host, own == 0 ? default_port : own);
}

bool is_tls(const YAML::Node& entry) {
    return truth_of(member(entry, "ssl")).value_or(false) || text_of(entry).starts_with("rediss://");
}

bool set_nodes(const YAML::Node& list, std::uint32_t default_port, v1::RedisEndpoint& endpoint) {
    bool clear = true;
    for (const auto& entry : list) {
        const auto text = node_text(entry, default_port);
        clear = clear && !text.empty();
        if (!text.empty()) endpoint.add_nodes(text);
        if (is_tls(entry)) endpoint.set_tls(true);
    }
    return clear;
}

bool has_entries(const YAML::Node& list) { return list.IsSequence() && list.size() > 0; }

void take(const std::string& purpose, const YAML::Node& settings, std::string_view source, Endpoints& found) {
    v1::RedisEndpoint endpoint;
    endpoint.set_purpose(purpose);
    endpoint.set_service("rails");
    endpoint.set_password_by_command(!member(settings, "config_command").IsNull());
    const auto url = text_of(member(settings, "url"));
    if (!url.empty() && !set_redis_url(url, endpoint)) {
        return found.unclear(source, "the URL of the instance " + purpose + " cannot be read");
    }
    const auto sentinels = member(settings, "sentinels");
    const auto cluster = member(settings, "cluster");
    bool clear = true;
    if (has_entries(cluster)) {
        endpoint.set_mode(v1::RedisEndpoint::CLUSTER);
        clear = set_nodes(cluster, server_port, endpoint);
    } else if (has_entries(sentinels)) {
        set_sentinel_mode(endpoint);
        clear = set_nodes(sentinels, sentinel_port, endpoint);
    } else if (url.empty()) {
        return found.unclear(source, "the instance " + purpose + " names no server");
    }
    if (!clear)
        found.unclear(source, "a Sentinel or cluster node of the instance " + purpose + " cannot be read");
    if (truth_of(member(settings, "ssl")).value_or(false)) {
        endpoint.set_tls(true);
        if (endpoint.mode() == v1::RedisEndpoint::TCP) endpoint.set_mode(v1::RedisEndpoint::TLS);
    }
    found.items.push_back(std::move(endpoint));
}

}  // namespace

bool set_redis_url(std::string_view url, v1::RedisEndpoint& endpoint) {
    const auto address = parse_address(url);
    if (!address) return false;
    if (!address->socket.empty()) {
        endpoint.set_mode(v1::RedisEndpoint::SOCKET);
        endpoint.set_socket(address->socket);
        return true;
    }
    const bool tls = address->scheme == "rediss";
    if (!tls && address->scheme != "redis" && address->scheme != "tcp" && !address->scheme.empty())
        return false;
    endpoint.set_mode(tls ? v1::RedisEndpoint::TLS : v1::RedisEndpoint::TCP);
    endpoint.set_tls(tls);
    endpoint.set_host(address->host.empty() ? "localhost" : address->host);
    endpoint.set_port(address->port == 0 ? server_port : address->port);
    const auto number = address->path.size() > 1 ? number_in(address->path.substr(1)) : std::nullopt;
    if (number && *number < 65536) endpoint.set_database(static_cast<std::uint32_t>(*number));
    return true;
}

void set_sentinel_mode(v1::RedisEndpoint& endpoint) {
    if (endpoint.master_name().empty()) endpoint.set_master_name(endpoint.host());
    endpoint.set_mode(v1::RedisEndpoint::SENTINEL);
    endpoint.clear_host();
    endpoint.clear_port();
    endpoint.clear_socket();
}

Endpoints parse_redis_yml(std::string_view text, std::string_view purpose, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Endpoints::of(document.error());
    const auto production = member(*document, "production");
    if (!production.IsMap())
        return Endpoints::of(malformed(std::string(source), "has no section production"));
    Endpoints found;
    const auto adapter = text_of(member(production, "adapter"));
    if (adapter.empty() || adapter == "redis") take(std::string(purpose), production, source, found);
    return found;
}

Endpoints parse_redis_override(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Endpoints::of(document.error());
    Endpoints found;
    if (document->IsNull()) return found;
    const auto production = member(*document, "production");
    if (production.IsNull()) return found;
    if (!production.IsMap()) return Endpoints::of(malformed(std::string(source), "production is no map"));
    for (const auto& entry : production) {
        auto purpose = text_of(entry.first);
        if (purpose.starts_with(':')) purpose.erase(0, 1);
        if (entry.second.IsMap() && is_name(purpose)) {
            take(purpose, entry.second, source, found);
        } else if (purpose != "config_command") {
            found.unclear(source, "an instance is no map of settings");
        }
    }
    return found;
}

}  // namespace preflight::probes
