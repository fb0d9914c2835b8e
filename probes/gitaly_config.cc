#include "probes/gitaly_config.h"

#include <array>
#include <utility>

#include "probes/address.h"
#include "probes/json.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

std::string text_in(const toml::table& table, std::string_view key) {
    return table[key].value_or(std::string());
}

constexpr std::string_view every_address = "0.0.0.0";

std::vector<v1::GitalyServer::Storage> storages_of(const toml::table& document, std::string_view source,
                                                   std::vector<Problem>& problems) {
    std::vector<v1::GitalyServer::Storage> storages;
    const auto* list = document["storage"].as_array();
    if (list == nullptr) return storages;
    for (const auto& entry : *list) {
        const auto* table = entry.as_table();
        v1::GitalyServer::Storage storage;
        storage.set_name(table == nullptr ? "" : name_or_nothing(text_in(*table, "name")));
        const auto path = table == nullptr ? std::string() : text_in(*table, "path");
        if (storage.name().empty() || !is_path(path)) {
            problems.push_back(malformed(std::string(source), "a storage has no name or no absolute path"));
            continue;
        }
        storage.set_path(path);
        storages.push_back(std::move(storage));
    }
    return storages;
}

}  // namespace

void take_gitaly_storage(std::string_view storage, std::string_view address, bool token,
                         std::string_view source, Parsed<v1::GitalyEndpoint>& found) {
    if (!is_name(storage)) return found.unclear(source, "a storage has an impossible name");
    v1::GitalyEndpoint endpoint;
    endpoint.set_storage(std::string(storage));
    endpoint.set_token_present(token);
    const auto parsed = parse_address(address);
    const bool clear = parsed && (!parsed->socket.empty() || is_host(parsed->host));
    if (!clear)
        found.unclear(source, "the address of the storage " + std::string(storage) + " cannot be read");
    if (clear) {
        endpoint.set_address(without_user(address));
        endpoint.set_host(parsed->host);
        endpoint.set_port(parsed->port);
        endpoint.set_socket(parsed->socket);
        endpoint.set_tls(parsed->scheme == "tls");
    }
    found.items.push_back(std::move(endpoint));
}

Parsed<v1::GitalyEndpoint> gitaly_endpoints(const YAML::Node& production, std::string_view source) {
    Parsed<v1::GitalyEndpoint> found;
    const auto storages = member(member(production, "repositories"), "storages");
    if (!storages.IsMap() || storages.size() == 0) {
        found.unclear(source, "names no storage");
        return found;
    }
    const bool common_token = !text_of(member(member(production, "gitaly"), "token")).empty();
    for (const auto& entry : storages) {
        const auto name = text_of(entry.first);
        if (name == "<<") continue;
        const bool token = common_token || !text_of(member(entry.second, "gitaly_token")).empty();
        take_gitaly_storage(name, text_of(member(entry.second, "gitaly_address")), token, source, found);
    }
    return found;
}

Secret gitaly_token(const YAML::Node& production, const std::string& storage) {
    const auto settings = member(member(member(production, "repositories"), "storages"), storage);
    auto token = text_of(member(settings, "gitaly_token"));
    if (token.empty()) token = text_of(member(member(production, "gitaly"), "token"));
    return Secret(std::move(token));
}

void take_listeners(const toml::table& table, std::string_view service, std::string_view source,
                    std::vector<v1::Listener>& listeners, std::vector<Problem>& problems) {
    constexpr std::array<std::string_view, 3> keys{"listen_addr", "tls_listen_addr", "socket_path"};
    for (const auto key : keys) {
        const auto text = text_in(table, key);
        if (text.empty()) continue;
        const auto address = parse_address(text);
        if (!address || (address->socket.empty() && address->port == 0)) {
            problems.push_back(malformed(std::string(source), std::string(key) + " cannot be read"));
            continue;
        }
        v1::Listener listener;
        listener.set_service(std::string(service));
        listener.set_socket(address->socket);
        listener.set_port(address->port);
        // ":8075" is every address.
        if (address->socket.empty()) {
            listener.set_address(address->host.empty() ? std::string(every_address) : address->host);
        }
        listener.set_tls(key == "tls_listen_addr");
        listeners.push_back(std::move(listener));
    }
}

Parsed<GitalyConfig> parse_gitaly_config(std::string_view text, std::string_view source) {
    const auto document = parse_toml(text, source);
    if (!document) return Parsed<GitalyConfig>::of(document.error());
    Parsed<GitalyConfig> found;
    GitalyConfig config;
    take_listeners(*document, "gitaly", source, config.listeners, found.problems);
    for (const auto& listener : config.listeners) {
        const auto address =
            listener.socket().empty() ? host_and_port(listener.address(), listener.port()) : "";
        if (!listener.socket().empty()) {
            config.server.set_socket(listener.socket());
        } else if (listener.tls()) {
            config.server.set_tls_listen_address(address);
        } else {
            config.server.set_listen_address(address);
        }
    }
    for (auto& storage : storages_of(*document, source, found.problems)) {
        *config.server.add_storages() = std::move(storage);
    }
    if (config.server.storages().empty()) found.unclear(source, "names no storage");
    config.token = Secret(document->at_path("auth.token").value_or(std::string()));
    config.by_command = document->contains("config_command");
    config.server.set_token_present(config.token.present());
    config.server.set_auth_transitioning(document->at_path("auth.transitioning").value_or(false));
    config.server.set_internal_api_url(without_user(document->at_path("gitlab.url").value_or(std::string())));
    found.items.push_back(std::move(config));
    return found;
}

Result<std::string> parse_gitaly_metadata(std::string_view text, std::string_view source) {
    const auto document = parse_json(text, source);
    if (!document) return document.error();
    const auto id = name_or_nothing(text_of(find(*document, {"gitaly_filesystem_id"})));
    if (id.empty()) return malformed(std::string(source), "holds no filesystem id");
    return id;
}

}  // namespace preflight::probes
