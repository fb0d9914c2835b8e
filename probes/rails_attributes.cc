#include "probes/rails_attributes.h"

#include <array>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/database_yml.h"
#include "probes/gitaly_config.h"
#include "probes/json.h"
#include "probes/redis_config.h"

namespace preflight::probes {
namespace {

using boost::json::value;

constexpr std::array<std::string_view, 9> redis_instances{
    "cache",    "queues",           "shared_state",          "trace_chunks", "rate_limiting",
    "sessions", "repository_cache", "cluster_rate_limiting", "workhorse"};

const value* rails(const Attributes& attributes, std::string_view key) {
    return attributes.find({"gitlab", "gitlab_rails", key});
}

bool is_true(const value* truth) { return truth != nullptr && truth->is_bool() && truth->get_bool(); }
bool is_false(const value* truth) { return truth != nullptr && truth->is_bool() && !truth->get_bool(); }
bool has_entries(const value* list) {
    return list != nullptr && list->is_array() && !list->get_array().empty();
}

std::optional<std::uint32_t> port_in(const value* number) {
    const auto port = number_in(text_of(number));
    if (!port || *port == 0 || *port > 65535) return std::nullopt;
    return static_cast<std::uint32_t>(*port);
}

// `own` are the settings of this database; where they are silent, those of Rails as a whole count.
void take_database(const Attributes& attributes, const std::string& purpose, const value& own,
                   Parsed<v1::PostgresEndpoint>& found) {
    const auto setting = [&](std::string_view key) {
        auto text = text_of(find(own, {key}));
        return text.empty() ? text_of(rails(attributes, key)) : text;
    };
    v1::PostgresEndpoint endpoint;
    endpoint.set_purpose(purpose);
    endpoint.set_service("rails");
    auto host = setting("db_host");
    // Where nobody says, the package takes the socket of its own server.
    if (host.empty()) host = text_of(attributes.find({"postgresql", "dir"}));
    if (!host.empty() && !set_hosts(host, endpoint)) {
        return found.unclear(attributes.path, "the host of the database " + purpose + " cannot be read");
    }
    const auto port = number_in(setting("db_port"));
    endpoint.set_port(port && *port > 0 && *port <= 65535 ? static_cast<std::uint32_t>(*port) : 5432);
    const auto name = [&](std::string_view key) {
        return name_of_key(setting(key), key, attributes.path, found.problems);
    };
    endpoint.set_database(name("db_database"));
    endpoint.set_user(name("db_username"));
    endpoint.set_sslmode(name("db_sslmode"));
    endpoint.set_shares_main(is_false(find(own, {"db_database_tasks"})));
    endpoint.set_password_by_command(!text_of(rails(attributes, "db_extra_config_command")).empty());
    found.items.push_back(std::move(endpoint));
}

bool add_nodes(const value& list, std::uint32_t default_port, v1::RedisEndpoint& endpoint) {
    bool clear = true;
    for (const auto& entry : list.get_array()) {
        const auto address = parse_address(text_of(entry.is_object() ? find(entry, {"host"}) : &entry));
        if (!address || !is_host(address->host)) {
            clear = false;
            continue;
        }
        const auto port = port_in(find(entry, {"port"}));
        const auto own = address->port == 0 ? default_port : address->port;
        endpoint.add_nodes(host_and_port(address->host, port.value_or(own)));
        if (is_true(find(entry, {"ssl"}))) endpoint.set_tls(true);
    }
    return clear;
}

v1::RedisEndpoint redis_of_rails(std::string_view purpose) {
    v1::RedisEndpoint endpoint;
    endpoint.set_purpose(std::string(purpose));
    endpoint.set_service("rails");
    return endpoint;
}

// Sentinels over a host over the socket: the order in which the package decides, from general knowledge.
void take_default_redis(const Attributes& attributes, Parsed<v1::RedisEndpoint>& found) {
    auto endpoint = redis_of_rails("default");
    const auto host = text_of(rails(attributes, "redis_host"));
    const auto socket = text_of(rails(attributes, "redis_socket"));
    const auto* sentinels = rails(attributes, "redis_sentinels");
    bool clear = true;
    if (has_entries(sentinels)) {
        endpoint.set_master_name(name_of_key(text_of(attributes.find({"redis", "master_name"})),
                                             "redis.master_name", attributes.path, found.problems));
        set_sentinel_mode(endpoint);
        clear = add_nodes(*sentinels, 26379, endpoint);
    } else if (!host.empty()) {
        const bool tls = is_true(rails(attributes, "redis_ssl"));
        clear = is_host(host);
        endpoint.set_mode(tls ? v1::RedisEndpoint::TLS : v1::RedisEndpoint::TCP);
        endpoint.set_tls(tls);
        if (clear) endpoint.set_host(host);
        endpoint.set_port(port_in(rails(attributes, "redis_port")).value_or(6379));
    } else if (is_path(socket)) {
        endpoint.set_mode(v1::RedisEndpoint::SOCKET);
        endpoint.set_socket(socket);
    } else {
        return found.unclear(attributes.path, "names no Redis of Rails");
    }
    if (!clear) found.unclear(attributes.path, "an address of the default Redis cannot be read");
    found.items.push_back(std::move(endpoint));
}

void take_redis_instance(const Attributes& attributes, std::string_view name,
                         Parsed<v1::RedisEndpoint>& found) {
    const auto setting = [&](std::string_view what) {
        return rails(attributes, "redis_" + std::string(name) + std::string(what));
    };
    const auto* cluster = setting("_cluster_nodes");
    const auto url = text_of(setting("_instance"));
    if (url.empty() && !has_entries(cluster)) return;
    auto endpoint = redis_of_rails(name);
    bool clear = url.empty() || set_redis_url(url, endpoint);
    if (has_entries(cluster)) {
        endpoint.set_mode(v1::RedisEndpoint::CLUSTER);
        clear = add_nodes(*cluster, 6379, endpoint) && clear;
    } else if (const auto* sentinels = setting("_sentinels"); has_entries(sentinels)) {
        set_sentinel_mode(endpoint);
        clear = add_nodes(*sentinels, 26379, endpoint) && clear;
    }
    if (!clear) {
        return found.unclear(attributes.path, "the Redis instance " + std::string(name) + " cannot be read");
    }
    found.items.push_back(std::move(endpoint));
}

}  // namespace

Parsed<v1::PostgresEndpoint> attribute_databases(const Attributes& attributes) {
    Parsed<v1::PostgresEndpoint> found;
    const auto* databases = rails(attributes, "databases");
    if (databases != nullptr && databases->is_object()) {
        for (const auto& [name, settings] : databases->get_object()) {
            const std::string purpose(name);
            if (is_name(purpose) && !is_false(find(settings, {"enable"}))) {
                take_database(attributes, purpose, settings, found);
            }
        }
    }
    if (!found.items.empty() || !found.problems.empty()) return found;
    if (text_of(rails(attributes, "db_database")).empty()) {
        found.unclear(attributes.path, "names no database of Rails");
    } else {
        take_database(attributes, "main", value(), found);
    }
    return found;
}

Parsed<v1::RedisEndpoint> attribute_redis(const Attributes& attributes) {
    Parsed<v1::RedisEndpoint> found;
    take_default_redis(attributes, found);
    for (const auto name : redis_instances) take_redis_instance(attributes, name, found);
    return found;
}

Parsed<v1::GitalyEndpoint> attribute_storages(const Attributes& attributes) {
    Parsed<v1::GitalyEndpoint> found;
    const auto* storages = rails(attributes, "repositories_storages");
    if (storages == nullptr || !storages->is_object()) {
        found.unclear(attributes.path, "names no storage");
        return found;
    }
    const bool common_token = !text_of(rails(attributes, "gitaly_token")).empty();
    for (const auto& [name, settings] : storages->get_object()) {
        const bool token = common_token || !text_of(find(settings, {"gitaly_token"})).empty();
        take_gitaly_storage(std::string(name), text_of(find(settings, {"gitaly_address"})), token,
                            attributes.path, found);
    }
    return found;
}

}  // namespace preflight::probes
