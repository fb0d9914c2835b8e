// RedisQuestions: what a Redis server, a Sentinel or a cluster's node is asked once the way in is open.
//
// Commands that read, and no others; what the server denies, or has renamed, is named in `denied`. Each
// returns the problem that ended the talk before all was asked.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "preflight/v1/server.pb.h"
#include "probes/node/dial.h"
#include "probes/redis_talk.h"

namespace preflight::probes {

using Ended = std::optional<Problem>;

// `cut`: set where a list in the answer is longer than what is told of it.
Ended ask_server(RedisTalk& talk, v1::RedisServer& server, Ended& cut);
// How much work waits in Sidekiq's queues. Lengths that a busy server does not tell are in `denied` too.
Ended ask_sidekiq(RedisTalk& talk, v1::RedisServer& server);
// Nothing but the state's address where it is no cluster's node; with more nodes than are told, the first.
Ended ask_cluster(RedisTalk& talk, v1::RedisServer& server, v1::RedisClusterState& state);

Ended ask_sentinel(RedisTalk& talk, v1::SentinelStatus& status);
// Where the masters of these names are; an unknown one is not in the map.
Ended ask_masters(RedisTalk& talk, const std::set<std::string>& names, std::map<std::string, Place>& places,
                  v1::SentinelStatus& status);

}  // namespace preflight::probes
