#include "probes/praefect_config.h"

#include "probes/address.h"
#include "probes/database_yml.h"
#include "probes/gitaly_config.h"
#include "probes/toml.h"

namespace preflight::probes {
namespace {

std::string text_in(const toml::table& table, std::string_view key) {
    return table[key].value_or(std::string());
}

v1::PraefectVirtualStorage::Node node_of(const toml::table& table, std::string_view source,
                                         std::vector<Problem>& problems) {
    v1::PraefectVirtualStorage::Node node;
    node.set_storage(name_or_nothing(text_in(table, "storage")));
    node.set_address(without_user(text_in(table, "address")));
    node.set_token_present(!text_in(table, "token").empty());
    if (node.storage().empty() || node.address().empty()) {
        problems.push_back(malformed(std::string(source), "a Gitaly node has no name or no clear address"));
    }
    return node;
}

v1::PraefectVirtualStorage storage_of(const toml::table& table, std::string_view source,
                                      std::vector<Problem>& problems) {
    v1::PraefectVirtualStorage storage;
    storage.set_name(name_or_nothing(text_in(table, "name")));
    const auto factor = table["default_replication_factor"].value_or(std::int64_t{0});
    if (factor > 0 && factor < 1000)
        storage.set_default_replication_factor(static_cast<std::uint32_t>(factor));
    if (const auto* nodes = table["node"].as_array()) {
        for (const auto& entry : *nodes) {
            if (const auto* node = entry.as_table()) *storage.add_nodes() = node_of(*node, source, problems);
        }
    }
    if (storage.name().empty() || storage.nodes().empty()) {
        problems.push_back(malformed(std::string(source), "a virtual storage has no name or no nodes"));
    }
    return storage;
}

void take_node_tokens(const toml::table& storage, std::vector<Secret>& tokens) {
    const auto* nodes = storage["node"].as_array();
    if (nodes == nullptr) return;
    for (const auto& entry : *nodes) {
        if (const auto* node = entry.as_table()) tokens.emplace_back(text_in(*node, "token"));
    }
}

// Overwrites what the table says; false when that is no place.
bool set_place(const toml::table& table, std::string_view source, v1::PostgresEndpoint& endpoint,
               std::vector<Problem>& problems) {
    const auto host = text_in(table, "host");
    if (!host.empty() && !set_hosts(host, endpoint)) return false;
    const auto port = table["port"].value<std::int64_t>();
    if (port && (*port < 1 || *port > 65535)) return false;
    if (port) endpoint.set_port(static_cast<std::uint32_t>(*port));
    const auto name = [&](std::string_view key) {
        return name_of_key(text_in(table, key), key, source, problems);
    };
    const auto database = name("dbname");
    if (!database.empty()) endpoint.set_database(database);
    const auto user = name("user");
    if (!user.empty()) endpoint.set_user(user);
    const auto sslmode = name("sslmode");
    if (!sslmode.empty()) endpoint.set_sslmode(sslmode);
    return true;
}

// Beside PgBouncer in transaction mode Praefect needs a second way to its database.
toml::table session_pooled(const toml::table& database) {
    toml::table pooled;
    if (const auto* table = database["session_pooled"].as_table()) pooled = *table;
    // Their names before session_pooled.
    if (!pooled.contains("host") && database.contains("host_no_proxy")) {
        pooled.insert("host", text_in(database, "host_no_proxy"));
    }
    if (!pooled.contains("port") && database.contains("port_no_proxy")) {
        pooled.insert("port", database["port_no_proxy"].value_or(std::int64_t{0}));
    }
    return pooled;
}

PostgresLogin login_of(const toml::table& database, const v1::PostgresEndpoint& endpoint) {
    PostgresLogin login;
    login.endpoint = endpoint;
    login.password = Secret(text_in(database, "password"));
    login.sslrootcert = text_in(database, "sslrootcert");
    login.sslcert = text_in(database, "sslcert");
    login.sslkey = text_in(database, "sslkey");
    return login;
}

void take_databases(const toml::table& document, std::string_view source, PraefectConfig& config,
                    std::vector<Problem>& problems) {
    const auto* table = document["database"].as_table();
    if (table == nullptr) {
        problems.push_back(malformed(std::string(source), "names no database"));
        return;
    }
    v1::PostgresEndpoint endpoint;
    endpoint.set_purpose("praefect");
    endpoint.set_service("praefect");
    endpoint.set_port(5432);
    endpoint.set_password_by_command(document.contains("config_command"));
    if (!set_place(*table, source, endpoint, problems) || endpoint.host().empty()) {
        problems.push_back(malformed(std::string(source), "host or port of the database cannot be read"));
        return;
    }
    config.databases.push_back(login_of(*table, endpoint));
    const auto pooled = session_pooled(*table);
    if (!pooled.contains("host") && !pooled.contains("port")) return;
    endpoint.set_purpose("praefect_session_pooled");
    if (set_place(pooled, source, endpoint, problems)) {
        auto login = login_of(*table, endpoint);
        if (const auto own = text_in(pooled, "password"); !own.empty()) login.password = Secret(own);
        config.databases.push_back(std::move(login));
    } else {
        problems.push_back(
            malformed(std::string(source), "host or port of database.session_pooled cannot be read"));
    }
}

}  // namespace

Parsed<PraefectConfig> parse_praefect_config(std::string_view text, std::string_view source) {
    const auto document = parse_toml(text, source);
    if (!document) return Parsed<PraefectConfig>::of(document.error());
    Parsed<PraefectConfig> found;
    PraefectConfig config;
    take_listeners(*document, "praefect", source, config.listeners, found.problems);
    take_databases(*document, source, config, found.problems);
    config.token = Secret(document->at_path("auth.token").value_or(std::string()));
    config.by_command = document->contains("config_command");
    const auto* storages = (*document)["virtual_storage"].as_array();
    if (storages == nullptr || storages->empty()) {
        found.unclear(source, "names no virtual storage");
    } else {
        for (const auto& entry : *storages) {
            const auto* table = entry.as_table();
            if (table == nullptr) continue;
            config.virtual_storages.push_back(storage_of(*table, source, found.problems));
            take_node_tokens(*table, config.node_tokens);
        }
    }
    found.items.push_back(std::move(config));
    return found;
}

}  // namespace preflight::probes
