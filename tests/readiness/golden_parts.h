// Golden parts: what nodes of the golden fleets tell, by what they are. With nothing wrong between them.
#pragma once

#include <string>
#include <string_view>

#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {

inline std::string told(std::string_view probe, std::string_view source, const std::string& what) {
    return "findings { probe: '" + std::string(probe) + "' source: '" + std::string(source) +
           "' taken_at {at 2026-08-21T11:00:00Z} " + what + " } ";
}

// What a node is, where it is, and what is installed there.
struct Place {
    std::string_view name;
    std::string_view address;
    std::string_view roles;
    std::string_view version = "19.2.4";
    std::string_view system = "ubuntu";
    std::string_view release = "24.04";
    std::string_view suite = "noble";
};

inline std::string package(std::string_view version, std::string_view more = "package_state: INSTALLED") {
    const auto text = std::string(version);
    return installed(version, "edition: EE package_version: '" + text + "-ee.0' configured_version: '" +
                                  text + "' " + std::string(more));
}

// The same of another version.
inline std::string as_of(std::string_view version, std::string text) {
    constexpr std::string_view usual = "19.2.4";
    for (auto at = text.find(usual); at != std::string::npos; at = text.find(usual, at + version.size()))
        text.replace(at, usual.size(), version);
    return text;
}

inline std::string whole_backups_of(std::string_view version) {
    return as_of(version, whole_backups() + whole_proof());
}

inline std::string ground(const Place& place) {
    const auto name = std::string(place.name);
    return roles(place.roles) +
           as_of(place.version,
                 whole_node(place.system, place.release, place.suite,
                            "name: '" + name + "' fqdn: '" + name + ".example.test' addresses: '" +
                                std::string(place.address) + "'")) +
           whole_secrets() + ran({"system",     "installation",
                                  "services",   "settings",
                                  "endpoints",  "external_services",
                                  "geo",        "postgres",
                                  "redis",      "gitaly",
                                  "secrets",    "backups",
                                  "packages",   "certificates",
                                  "disk_needs", "running_binaries",
                                  "security",   "consul",
                                  "patroni",    "pgbouncer"});
}

inline FleetNode golden_node(const Place& place, const std::string& more) {
    return node(std::string(place.name) + ".example.test", package(place.version) + ground(place) + more);
}

inline std::string reached(std::string_view probe, std::string_view kind, std::string_view address,
                           std::string_view uses) {
    return told(probe, address,
                "reach { kind: '" + std::string(kind) + "' reached: true address: '" + std::string(address) +
                    "' uses: '" + std::string(uses) + "' }");
}

// The main database as one that logs in there sees it.
inline std::string main_database(std::string_view address, std::string_view version = "17.10",
                                 std::string_view more = "role: PRIMARY") {
    return reached("postgres", "postgresql", address, "rails main") +
           told("postgres", address,
                "postgres_instance { address: '" + std::string(address) +
                    "' database: 'gitlabhq_production' uses: 'rails main' version: '" + std::string(version) +
                    "' version_number: 170010 collation: 'C.UTF-8' system_identifier: '7301'"
                    " databases { name: 'gitlabhq_production' transaction_age: 200000000 }"
                    " extensions { name: 'plpgsql' version: '1.0' } extensions { name: 'pg_trgm' version: "
                    "'1.6' }"
                    " extensions { name: 'btree_gist' version: '1.7' } extensions { name: 'amcheck' version: "
                    "'1.4' }"
                    " extensions { name: 'pg_stat_statements' version: '1.11' } "
                    " settings { key: 'default_transaction_isolation' value: 'read committed' }"
                    " settings { key: 'quote_all_identifiers' value: 'off' } " +
                    std::string(more) + " }") +
           told("postgres", "main", "schema_migrations { database: 'main' applied: 900 files: 850 }") +
           told("postgres", "main",
                "instance_settings { database: 'main' stores_read: ['clickhouse', 'elasticsearch', 'zoekt'] "
                "}") +
           told("postgres", "main", "table_estimate { database: 'main' table: 'users' rows: 40 }") +
           told("postgres", "main",
                "secret_proof { outcome: OPENS column: 'web_hooks.encrypted_url' rows_tried: 5 rows_opened: "
                "5 }");
}

inline std::string redis_server(std::string_view address, std::string_view more = "role: 'master'") {
    return reached("redis", "redis", address, "rails default") +
           told("redis", address,
                "redis_server { address: '" + std::string(address) +
                    "' uses: 'rails default' flavour: REDIS version: '7.2.14' last_save_status: 'ok' " +
                    std::string(more) + " }");
}

inline std::string gitaly_server(std::string_view address, std::string_view storage,
                                 std::string_view version = "19.2.4", std::string_view more = "") {
    return reached("gitaly", "gitaly", address, "rails " + std::string(storage)) +
           told("gitaly", address,
                "gitaly_status { address: '" + std::string(address) + "' uses: 'rails " +
                    std::string(storage) + "' health: 'SERVING' server_version: '" + std::string(version) +
                    "' git_version: '2.52.0' storages { name: '" + std::string(storage) +
                    "' readable: true writeable: true } " + std::string(more) + " }");
}

inline std::string listener(std::string_view service, int port) {
    return told("endpoints", "gitlab.rb",
                "listener { service: '" + std::string(service) +
                    "' address: '0.0.0.0' port: " + std::to_string(port) + " }");
}

inline std::string uses_postgresql(std::string_view host, int port) {
    return told("endpoints", "database.yml",
                "postgres_endpoint { purpose: 'main' service: 'rails' placement: REMOTE host: '" +
                    std::string(host) + "' port: " + std::to_string(port) + " }");
}

inline std::string uses_gitaly(std::string_view storage, std::string_view host, int port) {
    return told("endpoints", "gitlab.yml",
                "gitaly_endpoint { storage: '" + std::string(storage) + "' address: 'tcp://" +
                    std::string(host) + ":" + std::to_string(port) + "' host: '" + std::string(host) +
                    "' port: " + std::to_string(port) + " placement: REMOTE }");
}

inline std::string room_for_data() {
    return told(
        "disk_needs", "/var/opt/gitlab/postgresql/data",
        "disk_need { step: 'postgresql_upgrade' path: '/var/opt/gitlab/postgresql/data' filesystem: '/'"
        " need_bytes: 8000000000 have_known: true have_bytes: 50000000000"
        " terms: 'a copy of 7200000000 bytes of data, in nine tenths of what is free' }");
}

// A disk of its own for the storage.
inline std::string serves_storage(std::string_view storage, std::string_view mark) {
    return told("endpoints", "config.toml",
                "gitaly_server { storages { name: '" + std::string(storage) +
                    "' path: '/var/opt/gitlab/git-data' filesystem_id: '" + std::string(mark) + "' } }") +
           listener("gitaly", 8075);
}

}  // namespace preflight::readiness
