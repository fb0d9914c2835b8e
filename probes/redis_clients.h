// RedisClients: which Redis servers the services beside Rails are told to use, and with what login.
#pragma once

#include <string_view>

#include "preflight/v1/finding.pb.h"
#include "probes/database_yml.h"
#include "probes/parsed.h"
#include "probes/redis_login.h"

namespace preflight::probes {

// [redis] of Workhorse's config.toml; nothing when it uses none.
Parsed<RedisClient> parse_workhorse_redis(std::string_view text, std::string_view source);

// `redis` of the Kubernetes agent server's YAML.
Parsed<RedisClient> parse_kas_redis(std::string_view text, std::string_view source);

// `redis` of the registry's YAML: its enabled uses (cache, rate limiter, load balancing), equal ones once.
Parsed<RedisClient> parse_registry_redis(std::string_view text, std::string_view source);

// `database` of the registry's YAML; nothing when it is switched off.
Parsed<PostgresLogin> parse_registry_logins(std::string_view text, std::string_view source);
// Without what is needed to log in.
Parsed<v1::PostgresEndpoint> parse_registry_database(std::string_view text, std::string_view source);

}  // namespace preflight::probes
