// RedisInfo: what a Redis server, a Sentinel or a cluster's node answered, as messages.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "preflight/v1/server.pb.h"
#include "probes/redis_reply.h"

namespace preflight::probes {

// "name:value" on each line, of INFO and CLUSTER INFO.
using RedisInfo = std::map<std::string, std::string, std::less<>>;
RedisInfo parse_redis_info(std::string_view text);

// Of the flavour that the server is: Valkey names a redis_version too, for those who ask for no other.
std::string version_in(const RedisInfo& info);
// False where it has more replicas than are told.
bool fill_redis_server(const RedisInfo& info, v1::RedisServer& server);

// A list of names and values in turn, as Sentinels describe a server.
RedisInfo fields_of(const RedisReply& reply);
// "host:port" of such a server; empty when it says none.
std::string address_in(const RedisInfo& fields);
v1::SentinelStatus::Master sentinel_master(const RedisInfo& fields);

// CLUSTER INFO and CLUSTER NODES. False where there are more nodes than are told.
bool fill_cluster_state(const RedisInfo& info, std::string_view nodes, v1::RedisClusterState& state);

}  // namespace preflight::probes
