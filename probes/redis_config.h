// RedisConfig: which Redis servers Rails is told to use, and with what login: resque.yml,
// redis.<instance>.yml, redis.yml, cable.yml.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>

#include "preflight/v1/finding.pb.h"
#include "probes/parsed.h"
#include "probes/redis_login.h"

namespace preflight::probes {

// One file of one instance: resque.yml ("default"), redis.cache.yml ("cache"), cable.yml ("cable"; nothing
// when it names another adapter than Redis).
Parsed<RedisClient> parse_redis_yml(std::string_view text, std::string_view purpose, std::string_view source);

// redis.yml: instance → settings, each in place of that instance's own file. Empty text says nothing.
Parsed<RedisClient> parse_redis_override(std::string_view text, std::string_view source);

// Sets mode and address from a URL without user information; false when it is none. With Sentinels the URL's
// host is the master's name.
bool set_redis_url(std::string_view url, v1::RedisEndpoint& endpoint);

// Makes the endpoint one behind Sentinels: its host so far is the name of the master.
void set_sentinel_mode(v1::RedisEndpoint& endpoint);

}  // namespace preflight::probes
