#include "probes/redis_info.h"

#include <array>
#include <vector>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

constexpr std::size_t lines_limit = 5'000;
constexpr std::size_t replicas_limit = 100;
constexpr int nodes_limit = 1'000;
constexpr std::size_t slots_limit_bytes = 1'024;

std::string text_in(const RedisInfo& info, std::string_view name) {
    const auto found = info.find(name);
    return found == info.end() ? std::string() : shown(found->second);
}

// 0 where it is no number: some are -1 for "not known".
std::uint64_t number_of(const RedisInfo& info, std::string_view name) {
    const auto found = info.find(name);
    return found == info.end() ? 0 : number_in(found->second).value_or(0);
}

std::uint32_t small_number_of(const RedisInfo& info, std::string_view name) {
    return static_cast<std::uint32_t>(number_of(info, name));
}

std::string place_in(std::string_view host, std::string_view port) {
    const auto number = number_in(port);
    if (!is_host(host) || !number || *number > 65535) return {};
    return host_and_port(host, static_cast<std::uint32_t>(*number));
}

// "ip=10.8.0.62,port=6379,state=online,offset=14,lag=1"
RedisInfo parts_of(std::string_view text) {
    RedisInfo parts;
    for (const auto part : split(text, ",")) {
        const auto equals = part.find('=');
        if (equals != std::string_view::npos) parts.emplace(part.substr(0, equals), part.substr(equals + 1));
    }
    return parts;
}

// False where there are more than are told.
bool fill_replicas(const RedisInfo& info, v1::RedisServer& server) {
    for (std::size_t at = 0;; ++at) {
        const auto found = info.find("slave" + std::to_string(at));
        if (found == info.end()) return true;
        if (at == replicas_limit) return false;
        const auto parts = parts_of(found->second);
        auto& replica = *server.add_replicas();
        replica.set_address(address_in(parts));
        replica.set_state(text_in(parts, "state"));
        replica.set_lag_seconds(number_of(parts, "lag"));
        replica.set_offset(number_of(parts, "offset"));
    }
}

void fill_replication(const RedisInfo& info, v1::RedisServer& server) {
    server.set_role(text_in(info, "role"));
    server.set_offset(number_of(info, "master_repl_offset"));
    if (server.role() != "slave") return;
    server.set_master(place_in(text_in(info, "master_host"), text_in(info, "master_port")));
    server.set_master_link(text_in(info, "master_link_status"));
    server.set_master_silent_seconds(number_of(info, "master_last_io_seconds_ago"));
    server.set_synchronising(number_of(info, "master_sync_in_progress") == 1);
}

void fill_persistence(const RedisInfo& info, v1::RedisServer& server) {
    server.set_loading(number_of(info, "loading") == 1);
    if (const auto saved = number_of(info, "rdb_last_save_time"); saved != 0)
        server.mutable_last_save_at()->set_seconds(static_cast<std::int64_t>(saved));
    server.set_last_save_status(text_in(info, "rdb_last_bgsave_status"));
    server.set_changes_since_save(number_of(info, "rdb_changes_since_last_save"));
    server.set_append_only(number_of(info, "aof_enabled") == 1);
    server.set_append_status(text_in(info, "aof_last_write_status"));
}

// One line of CLUSTER NODES: "ID HOST:PORT@BUSPORT,NAME FLAGS MASTER PING PONG EPOCH LINK SLOTS…".
void take_node(std::string_view line, v1::RedisClusterState& state) {
    const auto words = split(line, " ");
    if (words.size() < 8) return;
    const auto place = words[1].substr(0, words[1].find('@'));
    const auto colon = place.rfind(':');
    auto& node = *state.add_nodes();
    if (colon != std::string_view::npos)
        node.set_address(place_in(place.substr(0, colon), place.substr(colon + 1)));
    node.set_flags(shown(words[2]));
    node.set_link(shown(words[7]));
    for (std::size_t at = 8; at < words.size() && node.slots().size() < slots_limit_bytes; ++at)
        *node.mutable_slots() += (at == 8 ? "" : " ") + shown(words[at]);
}

}  // namespace

RedisInfo parse_redis_info(std::string_view text) {
    RedisInfo info;
    while (const auto line = next_line(text)) {
        const auto colon = line->find(':');
        if (colon == std::string_view::npos || line->starts_with('#')) continue;
        if (info.size() == lines_limit) return info;
        info.emplace(line->substr(0, colon), trimmed(line->substr(colon + 1)));
    }
    return info;
}

std::string version_in(const RedisInfo& info) {
    const auto valkey = text_in(info, "valkey_version");
    return valkey.empty() ? text_in(info, "redis_version") : valkey;
}

bool fill_redis_server(const RedisInfo& info, v1::RedisServer& server) {
    server.set_version(version_in(info));
    if (!server.version().empty()) {
        server.set_flavour(info.contains("valkey_version") ? v1::RedisServer::VALKEY
                                                           : v1::RedisServer::REDIS);
    }
    const auto mode = text_in(info, "redis_mode");
    server.set_mode(mode.empty() ? text_in(info, "server_mode") : mode);
    server.set_uptime_seconds(number_of(info, "uptime_in_seconds"));
    fill_replication(info, server);
    const bool all = fill_replicas(info, server);
    fill_persistence(info, server);
    server.set_used_memory_bytes(number_of(info, "used_memory"));
    server.set_memory_limit_bytes(number_of(info, "maxmemory"));
    server.set_memory_policy(text_in(info, "maxmemory_policy"));
    server.set_clients(small_number_of(info, "connected_clients"));
    server.set_clients_limit(small_number_of(info, "maxclients"));
    std::uint64_t keys = 0;
    for (const auto& [name, value] : info) {
        if (name.starts_with("db") && number_in(std::string_view(name).substr(2)))
            keys += number_of(parts_of(value), "keys");
    }
    server.set_keys(keys);
    return all;
}

RedisInfo fields_of(const RedisReply& reply) {
    RedisInfo fields;
    for (std::size_t at = 0; at + 1 < reply.items.size(); at += 2)
        fields.emplace(reply.items[at].text, reply.items[at + 1].text);
    return fields;
}

std::string address_in(const RedisInfo& fields) {
    return place_in(text_in(fields, "ip"), text_in(fields, "port"));
}

v1::SentinelStatus::Master sentinel_master(const RedisInfo& fields) {
    v1::SentinelStatus::Master master;
    master.set_name(text_in(fields, "name"));
    master.set_address(address_in(fields));
    master.set_flags(text_in(fields, "flags"));
    master.set_quorum(small_number_of(fields, "quorum"));
    return master;
}

bool fill_cluster_state(const RedisInfo& info, std::string_view nodes, v1::RedisClusterState& state) {
    state.set_state(text_in(info, "cluster_state"));
    state.set_slots_assigned(small_number_of(info, "cluster_slots_assigned"));
    state.set_slots_ok(small_number_of(info, "cluster_slots_ok"));
    state.set_slots_failed(small_number_of(info, "cluster_slots_fail"));
    while (const auto line = next_line(nodes)) {
        if (state.nodes_size() == nodes_limit) return false;
        take_node(*line, state);
    }
    return true;
}

}  // namespace preflight::probes
