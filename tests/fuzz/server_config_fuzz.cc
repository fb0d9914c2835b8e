// The line-wise and YAML configuration of servers: PgBouncer, PostgreSQL, Patroni, Redis, OpenSSH.

#include <cstdint>
#include <string_view>

#include "probes/patroni_config.h"
#include "probes/pgbouncer_config.h"
#include "probes/postgres_config.h"
#include "probes/redis_conf.h"
#include "probes/sshd_config.h"
#include "tests/fuzz/endpoints_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto& config : parse_pgbouncer_ini(text, "/pgbouncer.ini").items) {
        must_be_sendable(Parsed<preflight::v1::PostgresEndpoint>{config.databases, {}});
        must_be_sendable(Parsed<preflight::v1::Listener>{config.listeners, {}});
    }
    for (const auto& config : parse_patroni_config(text, "/patroni.yaml").items) {
        must_be_sendable(Parsed<preflight::v1::PatroniMember>{{config.member}, {}});
        must_be_sendable(Parsed<preflight::v1::Listener>{config.listeners, {}});
    }
    PostgresSettings settings;
    if (read_postgres_conf(text, "/postgresql.conf", settings)) {
        must_be_sendable(postgres_listeners(settings, "postgresql", "/postgresql.conf"));
    }
    const auto major = parse_pg_version(text, "/PG_VERSION");
    if (major && !is_plain_text(*major)) std::abort();
    must_be_sendable(parse_redis_conf(text, "redis", "/redis.conf"));
    for (const auto& command : parse_sshd_config(text).key_commands) {
        if (!is_plain_text(command)) std::abort();
    }
    return 0;
}
