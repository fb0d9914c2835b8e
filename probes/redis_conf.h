// RedisConf: where a Redis server or a Sentinel of this node listens, by redis.conf or sentinel.conf.
#pragma once

#include <string_view>

#include "preflight/v1/finding.pb.h"
#include "probes/parsed.h"
#include "probes/redis_login.h"

namespace preflight::probes {

// `service` is redis or sentinel: it decides the port where none is written. Each listener of a Sentinel
// names the masters that it watches.
Parsed<v1::Listener> parse_redis_conf(std::string_view text, std::string_view service,
                                      std::string_view source);

// With what this node itself comes to that server: its own password, and its own certificate where it wants
// one.
RedisLogin parse_redis_conf_login(std::string_view text);

}  // namespace preflight::probes
