#include "probes/redis_config.h"

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

using Clients = Parsed<RedisClient>;

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

void set_text(const YAML::Node& scalar, Secret& secret) {
    auto text = text_of(scalar);
    if (!text.empty()) secret = Secret(std::move(text));
}

TlsFiles tls_files(const YAML::Node& params) {
    TlsFiles files;
    files.ca_file = text_of(member(params, "ca_file"));
    files.ca_directory = text_of(member(params, "ca_path"));
    files.certificate = text_of(member(params, "cert_file"));
    files.key = text_of(member(params, "key_file"));
    files.verify = text_of(member(params, "verify_mode")) != "0";  // OpenSSL's number for "none"
    return files;
}

// What is written beside the URL goes over what stands in it.
void set_server_login(const YAML::Node& settings, bool tls, RedisLogin& login) {
    set_text(member(settings, "username"), login.user);
    set_text(member(settings, "password"), login.password);
    login.elsewhere =
        !member(settings, "config_command").IsNull() || !text_of(member(settings, "secret_file")).empty();
    if (tls) login.tls = tls_files(member(settings, "ssl_params"));
}

// A Sentinel takes the client's TLS where its own entry says nothing of it; a URL's rediss is the master's
// alone (the Redis client's rule, from general knowledge).
void set_sentinel_login(const YAML::Node& settings, RedisLogin& login) {
    set_text(member(settings, "sentinel_username"), login.user);
    set_text(member(settings, "sentinel_password"), login.password);
    login.elsewhere = !member(settings, "config_command").IsNull();
    for (const auto& entry : member(settings, "sentinels")) {
        const auto own = entry.IsMap() ? truth_of(member(entry, "ssl")) : std::optional(is_tls(entry));
        if (!own.value_or(truth_of(member(settings, "ssl")).value_or(false))) continue;
        const auto params = entry.IsMap() ? member(entry, "ssl_params") : YAML::Node();
        login.tls = tls_files(params.IsMap() ? params : member(settings, "ssl_params"));
        return;
    }
}

bool has_entries(const YAML::Node& list) { return list.IsSequence() && list.size() > 0; }

// False when a node cannot be read.
bool take_places(const YAML::Node& settings, RedisClient& client) {
    const auto sentinels = member(settings, "sentinels");
    const auto cluster = member(settings, "cluster");
    const bool by_cluster = has_entries(cluster);
    const bool ssl = truth_of(member(settings, "ssl")).value_or(false);
    bool tls = ssl || client.endpoint.tls();
    bool clear = true;
    if (by_cluster) {
        client.endpoint.set_mode(v1::RedisEndpoint::CLUSTER);
        clear = set_nodes(cluster, server_port, client.endpoint);
        tls = tls || client.endpoint.tls();
    } else if (has_entries(sentinels)) {
        set_sentinel_mode(client.endpoint);
        clear = set_nodes(sentinels, sentinel_port, client.endpoint);
        set_sentinel_login(settings, client.sentinel);
    }
    if (ssl) {
        client.endpoint.set_tls(true);
        if (client.endpoint.mode() == v1::RedisEndpoint::TCP)
            client.endpoint.set_mode(v1::RedisEndpoint::TLS);
    }
    set_server_login(settings, tls, client.server);
    return clear;
}

void take(const std::string& purpose, const YAML::Node& settings, std::string_view source, Clients& found) {
    RedisClient client;
    client.endpoint.set_purpose(purpose);
    client.endpoint.set_service("rails");
    client.endpoint.set_password_by_command(!member(settings, "config_command").IsNull());
    const auto url = text_of(member(settings, "url"));
    if (!url.empty() && (!set_redis_url(url, client.endpoint) || !set_redis_user(url, client.server))) {
        return found.unclear(source, "the URL of the instance " + purpose + " cannot be read");
    }
    if (url.empty() && !has_entries(member(settings, "cluster")) &&
        !has_entries(member(settings, "sentinels"))) {
        return found.unclear(source, "the instance " + purpose + " names no server");
    }
    if (!take_places(settings, client))
        found.unclear(source, "a Sentinel or cluster node of the instance " + purpose + " cannot be read");
    found.items.push_back(std::move(client));
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

Clients parse_redis_yml(std::string_view text, std::string_view purpose, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Clients::of(document.error());
    const auto production = member(*document, "production");
    if (!production.IsMap()) return Clients::of(malformed(std::string(source), "has no section production"));
    Clients found;
    const auto adapter = text_of(member(production, "adapter"));
    if (adapter.empty() || adapter == "redis") take(std::string(purpose), production, source, found);
    return found;
}

Clients parse_redis_override(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Clients::of(document.error());
    Clients found;
    if (document->IsNull()) return found;
    const auto production = member(*document, "production");
    if (production.IsNull()) return found;
    if (!production.IsMap()) return Clients::of(malformed(std::string(source), "production is no map"));
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
